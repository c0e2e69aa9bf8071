// Package kafkalog is the plugin kafka-log: a message in a topic of Kafka for each request.
package kafkalog

import (
	"encoding/binary"
	"fmt"
	"net"
	"slices"
	"strconv"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
	"moongate/gateway/schema"
)

// Plugin is kafka-log.
var Plugin = plugin.Plugin{
	Name:     "kafka-log",
	Observes: true,
	Doc:      "Sends a message about each request to a topic of Kafka.",
	Config: schema.Shape{
		Fields: slices.Concat(clusterFields(), producerFields(), logging.ContentFields()),
		Checks: []schema.Check{
			plugin.Requires("authentication.strategy", "sasl", "authentication.mechanism"),
			plugin.Requires("authentication.strategy", "sasl", "authentication.user"),
			plugin.Requires("authentication.strategy", "sasl", "authentication.password"),
		},
	},
	New: newInstance,
}

func clusterFields() []schema.Field {
	return []schema.Field{
		{Name: "bootstrap_servers", Kind: schema.Set, Required: true, LenMin: 1, Doc: "Brokers that are asked for the others.", Elem: &schema.Field{Kind: schema.Record, Shape: schema.Shape{Fields: []schema.Field{
			{Name: "host", Kind: schema.String, Required: true, Doc: "Where one is."},
			{Name: "port", Kind: schema.Integer, Required: true, Between: schema.Between(0, 65535), Doc: "Its port."},
		}}}},
		{Name: "topic", Kind: schema.String, Required: true, Doc: "Where messages go."},
		{Name: "timeout", Kind: schema.Integer, Default: 10000, Above: schema.Above(0), Doc: "Milliseconds that connecting may take."},
		{Name: "keepalive", Kind: schema.Integer, Default: 60000, Above: schema.Above(0), Doc: "Milliseconds that a connection may be idle."},
		{Name: "keepalive_enabled", Kind: schema.Boolean, Default: false, Doc: "Kong's; connections are always kept."},
		{Name: "cluster_name", Kind: schema.String, Doc: "Kong's; each configuration has connections of its own."},
		{Name: "authentication", Kind: schema.Record, Required: true, Doc: "Who we are.", Shape: schema.Shape{Fields: []schema.Field{
			{Name: "strategy", Kind: schema.String, OneOf: schema.Words("sasl"), Doc: "How we say it."},
			{Name: "mechanism", Kind: schema.String, OneOf: schema.Words("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"), Doc: "And by which means."},
			{Name: "tokenauth", Kind: schema.Boolean, Doc: "Whether it is a delegation token."},
			{Name: "user", Kind: schema.String, Secret: true, Doc: "The name."},
			{Name: "password", Kind: schema.String, Secret: true, Doc: "And how we prove it."},
		}}},
		{Name: "security", Kind: schema.Record, Required: true, Doc: "TLS.", Shape: schema.Shape{Fields: []schema.Field{
			{Name: "ssl", Kind: schema.Boolean, Doc: "Whether it is spoken."},
			{Name: "certificate_id", Kind: schema.String, UUID: true, Doc: "The certificate that we show."},
			{Name: "ssl_verify", Kind: schema.Boolean, Required: true, Default: false, Ours: true, Doc: "Whether the brokers' certificates are checked."},
		}}},
	}
}

func producerFields() []schema.Field {
	return []schema.Field{
		{Name: "producer_request_acks", Kind: schema.Integer, Default: 1, OneOf: []any{-1, 0, 1}, Doc: "Who must have a message: nobody, the leader, or all replicas (-1)."},
		{Name: "producer_request_timeout", Kind: schema.Integer, Default: 2000, Above: schema.Above(0), Doc: "Milliseconds that a broker may take for a request."},
		{Name: "producer_request_limits_messages_per_request", Kind: schema.Integer, Default: 200, Between: schema.Between(1, 1000000), Doc: "How many are sent together."},
		{Name: "producer_request_limits_bytes_per_request", Kind: schema.Integer, Default: 1048576, Between: schema.Between(1024, 100<<20), Doc: "And how many bytes."},
		{Name: "producer_request_retries_max_attempts", Kind: schema.Integer, Default: 10, Between: schema.Between(0, 1000), Doc: "How often a request is tried again."},
		{Name: "producer_request_retries_backoff_timeout", Kind: schema.Integer, Default: 100, Between: schema.Between(0, 3600000), Doc: "Milliseconds between tries."},
		{Name: "producer_async", Kind: schema.Boolean, Default: true, Doc: "Whether messages wait for others; no request ever waits for a message."},
		{Name: "producer_async_flush_timeout", Kind: schema.Integer, Default: 1000, Between: schema.Between(0, 3600000), Doc: "Milliseconds that they wait."},
		{Name: "producer_async_buffering_limits_messages_in_memory", Kind: schema.Integer, Default: 50000, Between: schema.Between(1, 10000000), Doc: "How many may wait, in 64 MB at the most."},
		{Name: "key_query_arg", Kind: schema.String, Doc: "The query argument whose value is the message's key: messages of one key go to one partition."},
		{Name: "compression", Kind: schema.String, Required: true, Default: "none", OneOf: schema.Words("none", "gzip", "snappy", "lz4", "zstd"), Ours: true, Doc: "How messages are sent."},
	}
}

type config struct {
	logging.Content
	Servers []struct {
		Host string `json:"host"`
		Port int    `json:"port"`
	} `json:"bootstrap_servers"`
	Topic          string  `json:"topic"`
	Timeout        float64 `json:"timeout"`
	Keepalive      float64 `json:"keepalive"`
	Authentication struct {
		Mechanism string `json:"mechanism"`
		Token     bool   `json:"tokenauth"`
		User      string `json:"user"`
		Password  string `json:"password"`
	} `json:"authentication"`
	Security struct {
		SSL         bool   `json:"ssl"`
		Certificate string `json:"certificate_id"`
		Verify      bool   `json:"ssl_verify"`
	} `json:"security"`
	Acks           int     `json:"producer_request_acks"`
	RequestTimeout float64 `json:"producer_request_timeout"`
	Messages       int     `json:"producer_request_limits_messages_per_request"`
	Bytes          int32   `json:"producer_request_limits_bytes_per_request"`
	Attempts       int     `json:"producer_request_retries_max_attempts"`
	Backoff        float64 `json:"producer_request_retries_backoff_timeout"`
	Async          bool    `json:"producer_async"`
	Flush          float64 `json:"producer_async_flush_timeout"`
	InMemory       int     `json:"producer_async_buffering_limits_messages_in_memory"`
	Key            string  `json:"key_query_arg"`
	Compression    string  `json:"compression"`
}

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	var conf config
	if err := c.Decode(&conf); err != nil {
		return nil, err
	}
	options, err := conf.options(e.Known)
	if err != nil {
		return nil, err
	}
	queue := logging.QueueConfig{Batch: conf.Messages, Entries: conf.InMemory, RetryTime: 10, InitialRetry: 0.05, MaxRetry: 1}
	if conf.Async {
		queue.Delay = conf.Flush / 1000
	}
	frame := func(x *plugin.Context, record []byte) []byte {
		key := ""
		if conf.Key != "" {
			key, _ = x.Arg(conf.Key)
		}
		return appendMessage(nil, key, record)
	}
	return logging.New(logging.Env{Env: e, Name: "kafka-log " + c.ID}, queue, conf.Content, &sink{options: options}, frame)
}

func (c *config) seeds() (out []string) {
	for _, s := range c.Servers {
		out = append(out, net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	}
	return out
}

// A message waits with its key before it, behind the key's length.

func appendMessage(b []byte, key string, value []byte) []byte {
	b = binary.AppendUvarint(b, uint64(len(key)))
	return append(append(b, key...), value...)
}

func splitMessage(b []byte) (key, value []byte) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n > uint64(len(b)-size) {
		panic(fmt.Sprintf("kafka-log: a message without a key: %x", b[:min(len(b), 20)]))
	}
	b = b[size:]
	if n == 0 {
		return nil, b
	}
	return b[:n], b[n:]
}
