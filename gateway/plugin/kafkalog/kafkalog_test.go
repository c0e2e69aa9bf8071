package kafkalog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

// cluster is a broker with the topic "log" of some partitions.
func cluster(t *testing.T, partitions int32, more ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	c, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1), kfake.SeedTopics(partitions, "log")}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// config is a configuration for a cluster, with more fields.
func config(c *kfake.Cluster, more string) string {
	host, port, _ := net.SplitHostPort(c.ListenAddrs()[0])
	return fmt.Sprintf(`{"bootstrap_servers":[{"host":"%s","port":%s}],"topic":"log","producer_async_flush_timeout":0%s}`, host, port, more)
}

func serve(t *testing.T, config string) *httpdtest.Rig {
	t.Helper()
	return plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("kafka-log", config))
}

// read waits for n messages of the topic, and gives them in the order of their values.
func read(t *testing.T, c *kfake.Cluster, n int, more ...kgo.Opt) []*kgo.Record {
	t.Helper()
	client, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(c.ListenAddrs()...), kgo.ConsumeTopics("log"), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart())}, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var out []*kgo.Record
	for len(out) < n {
		f := client.PollFetches(ctx)
		if err := f.Err(); err != nil {
			t.Fatalf("%d of %d messages: %v", len(out), n, err)
		}
		out = append(out, f.Records()...)
	}
	sort.Slice(out, func(i, j int) bool { return string(out[i].Value) < string(out[j].Value) })
	return out
}

func values(list []*kgo.Record) (out []string) {
	for _, r := range list {
		out = append(out, string(r.Value))
	}
	return out
}

func TestRecord(t *testing.T) {
	c := cluster(t, 1)
	g := serve(t, config(c, `,"custom_fields":{"who":"$(headers.host)"}`))
	g.Get("/a?x=1")
	var r struct {
		Request struct{ URI string }
		Route   struct{ Name string }
		Who     string
	}
	value := read(t, c, 1)[0].Value
	if err := json.Unmarshal(value, &r); err != nil || r.Request.URI != "/a?x=1" || r.Route.Name != "r1" || r.Who != "h.test" {
		t.Errorf("%s %v", value, err)
	}
}

// Messages of one key go to one partition; all ways to send them arrive.
func TestKeys(t *testing.T) {
	for _, more := range []string{"", `,"producer_request_acks":-1,"compression":"zstd"`, `,"producer_async":false,"compression":"snappy","producer_request_limits_messages_per_request":1`,
		`,"compression":"gzip","producer_request_limits_messages_per_request":7`, `,"compression":"lz4","keepalive":1,"producer_request_timeout":1`} {
		c := cluster(t, 3)
		g := serve(t, config(c, `,"format":"$uri","key_query_arg":"k"`+more))
		for i := range 30 {
			g.Get(fmt.Sprintf("/%02d?k=%d", i, i%3))
		}
		at := map[string]int32{}
		for i, r := range read(t, c, 30) {
			key := strconv.Itoa(i % 3)
			if p, ok := at[key]; string(r.Value) != fmt.Sprintf("/%02d", i) || string(r.Key) != key || ok && p != r.Partition {
				t.Errorf("%s: message %d is %q of key %q in partition %d", more, i, r.Value, r.Key, r.Partition)
			}
			at[key] = r.Partition
		}
	}
}

// kcat is a client that we have not written.
func TestKcat(t *testing.T) {
	kcat, err := exec.LookPath("kcat")
	if err != nil {
		t.Skip("kcat is not installed (apt-get install kcat)")
	}
	c := cluster(t, 1)
	g := serve(t, config(c, `,"format":"$request_method $uri","key_query_arg":"k"`))
	for _, uri := range []string{"/a?k=one", "/b", "/c?k=two"} {
		g.Get(uri)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, kcat, "-b", c.ListenAddrs()[0], "-C", "-t", "log", "-o", "beginning", "-c", "3", "-q", "-f", `%k: %s\n`).CombinedOutput()
	if err != nil || string(out) != "one: GET /a\n: GET /b\ntwo: GET /c\n" {
		t.Errorf("%v\n%s", err, out)
	}
}

// Without a broker requests go on; what there is no room for is dropped, with one line a
// second; the rest arrives when the broker is back.
func TestBrokerComesBack(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	g := serve(t, fmt.Sprintf(`{"bootstrap_servers":[{"host":"127.0.0.1","port":%d}],"topic":"log","format":"$uri","producer_request_timeout":100,
		"producer_async_buffering_limits_messages_in_memory":10,"producer_request_retries_max_attempts":1}`, port))
	begin := time.Now()
	for i := range 100 {
		if s := httpdtest.Status(g.Get(fmt.Sprintf("/%02d", i))); s != "200" {
			t.Fatal(s)
		}
	}
	if n, most := strings.Count(g.Log(), "are dropped"), 2+int(time.Since(begin)/time.Second); n > most {
		t.Errorf("%d lines, at most %d may be", n, most)
	}
	g.WantLog(`kafka-log \S+: \d+ log records are dropped \(90 so far\): the queue is full`)
	g.WantLog(`kafka-log \S+: log records can't be written .*dial tcp 127.0.0.1:\d+: connect: connection refused`)
	c := cluster(t, 1, kfake.Ports(port))
	if got := fmt.Sprint(values(read(t, c, 10))); got != "[/00 /01 /02 /03 /04 /05 /06 /07 /08 /09]" {
		t.Error(got)
	}
}

// What a broker refuses for one message doesn't hold up the others.
func TestTooLarge(t *testing.T) {
	c := cluster(t, 1)
	g := serve(t, config(c, `,"format":"$http_long$uri","escape":"none","producer_request_limits_bytes_per_request":2000`))
	g.Get("/a")
	g.Get("/b", "Long: "+strings.Repeat("x", 3000))
	g.Get("/c")
	if got := fmt.Sprint(values(read(t, c, 2))); got != "[/a /c]" {
		t.Error(got)
	}
	g.WantLog(`1 log records are dropped \(1 so far\): it can't be sent at all: MESSAGE_TOO_LARGE`)
}

// A batch that fails at first arrives, and once only.
func TestRetry(t *testing.T) {
	c := cluster(t, 1)
	var tries atomic.Int32
	c.ControlKey(int16(kmsg.Produce), func(req kmsg.Request) (kmsg.Response, error, bool) {
		if tries.Add(1) > 5 {
			return nil, nil, false
		}
		c.KeepControl()
		r := req.(*kmsg.ProduceRequest)
		out := r.ResponseKind().(*kmsg.ProduceResponse)
		for _, in := range r.Topics {
			topic := kmsg.NewProduceResponseTopic()
			topic.Topic, topic.TopicID = in.Topic, in.TopicID
			for _, p := range in.Partitions {
				bad := kmsg.NewProduceResponseTopicPartition()
				bad.Partition, bad.ErrorCode = p.Partition, kerr.NotEnoughReplicas.Code
				topic.Partitions = append(topic.Partitions, bad)
			}
			out.Topics = append(out.Topics, topic)
		}
		return out, nil, true
	})
	// Two tries of the client's, and then the queue's.
	g := serve(t, config(c, `,"format":"$uri","producer_request_retries_max_attempts":1,"producer_request_retries_backoff_timeout":1`))
	g.Get("/a")
	if got := fmt.Sprint(values(read(t, c, 1))); got != "[/a]" || tries.Load() != 6 {
		t.Errorf("%s after %d tries", got, tries.Load())
	}
	g.WantLog(`log records can't be written .*NOT_ENOUGH_REPLICAS`)
}

// Many at once, in a small queue: what is not dropped arrives, and the sum is right.
func TestStorm(t *testing.T) {
	c := cluster(t, 4)
	g := serve(t, config(c, `,"format":"$uri","producer_async_buffering_limits_messages_in_memory":5000`))
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			for j := range 100 {
				g.Get(fmt.Sprintf("/%02d.%02d", i, j))
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, v := range values(read(t, c, 2000)) {
		seen[v] = true
	}
	if len(seen) != 2000 {
		t.Errorf("%d different messages", len(seen))
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`: "bootstrap_servers: required field missing",
		`{"bootstrap_servers":[{"host":"h"}],"topic":"t"}`:                                                        "port: required field missing",
		`{"bootstrap_servers":[],"topic":"t"}`:                                                                    "length must be at least 1",
		`{"bootstrap_servers":[{"host":"h","port":1}]}`:                                                           "topic: required field missing",
		`{"bootstrap_servers":[{"host":"h","port":1}],"topic":"t","authentication":{"mechanism":"MD5"}}`:          "expected one of: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512",
		`{"bootstrap_servers":[{"host":"h","port":1}],"topic":"t","authentication":{"strategy":"sasl"}}`:          "authentication.mechanism: required field missing",
		`{"bootstrap_servers":[{"host":"h","port":1}],"topic":"t","producer_request_acks":2}`:                     "expected one of: -1, 0, 1",
		`{"bootstrap_servers":[{"host":"h","port":1}],"topic":"t","security":{"certificate_id":"no uuid"}}`:       "expected a valid UUID",
		`{"bootstrap_servers":[{"host":"h","port":1}],"topic":"t","producer_request_limits_bytes_per_request":1}`: "value should be between 1024 and 104857600",
	} {
		if got := plugintest.Refused(plugintest.Plugin("kafka-log", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
