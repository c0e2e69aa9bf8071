package aggregation_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

// world is two services beside the route's own, and a class.
var world = []string{plugintest.ServiceDoc, plugintest.RouteDoc,
	`services {"name":"users","url":"http://users.test/api"}`,
	`services {"name":"orders","url":"http://orders.test"}`,
	`client_classes {"name":"ios","match":{"headers":{"X-Client":["ios"]}}}`}

func with(config string) []string {
	return append(append([]string{}, world...), plugintest.Plugin("aggregation", config))
}

// sick is what orders does: 0 is to answer, 503, or -1 to wait until it is given up.
var sick atomic.Int32

// asked counts requests to services.
var asked atomic.Int32

// services tell what they are asked; orders may be sick.
func services(r *httpd.Request, t *upstreamhttp.Target) httpd.Result {
	asked.Add(1)
	status, body := 200, ""
	switch t.Host {
	case "users.test":
		body = fmt.Sprintf(`{"id":7,"uri":%q,"name":"Ada"}`, t.URI)
	case "orders.test":
		switch n := sick.Load(); n {
		case -1:
			for !t.Stop.Called() {
				event.Sleep(time.Millisecond)
			}
			return 499
		case 0:
			trace, _ := r.In.Get("traceparent")
			body = fmt.Sprintf(` {"data":{"items":[{"uri":%q,"method":%q,"trace":%q,"body":%q}]}} `, t.URI, r.MethodName, trace, r.Body.Mem)
		case 200:
			body = "<html>"
		default:
			status, body = int(n), `{"message":"no"}`
		}
	}
	return r.SendText(status, "application/json", body)
}

func ask(g *httpdtest.Rig, path string, headers ...string) string {
	return g.Send("GET " + path + " HTTP/1.1\r\nHost: h.test\r\n" + strings.Join(append(headers, ""), "\r\n") + "Connection: close\r\n\r\n")
}

const both = `{"name":"user","service":"users","path":"/u/$(query_params.id)"},{"name":"orders","service":"orders","path":"/o","query":{"user":"$(answers.user.id)","n":"2"},"from":"data.items"`

func TestStages(t *testing.T) {
	sick.Store(0)
	g := plugintest.ServeWith(t, services, with(`{"parts":[`+both+`,"headers":{"X-A":"b"}}]}`)...)
	got := ask(g, "/?id=a%2Fb", "traceparent: 00-1", "If-None-Match: x")
	want := `{"user":{"id":7,"uri":"/api/u/a%2Fb","name":"Ada"},"orders":[{"uri":"/o?n=2&user=7","method":"GET","trace":"00-1","body":""}]}`
	if httpdtest.Status(got) != "200" || httpdtest.Body(got) != want || httpdtest.Header(got, "X-Missing-Parts") != "" {
		t.Errorf("%q\nwant %s\n%s", got, want, g.Log())
	}
	if got := ask(g, "/?id=.."); httpdtest.Body(got) != `{"_missing":[{"part":"user","why":"bad path"},{"part":"orders","why":"needs another part"}]}` {
		t.Errorf("%q", got)
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		sick           int32
		policy, status string
		body, header   string
	}{
		{503, `"omit"`, "200", `{"user":U,"_missing":[{"part":"orders","why":"status 503"}]}`, `orders;why="status 503"`},
		{503, `"null"`, "200", `{"user":U,"orders":null,"_missing":[{"part":"orders","why":"status 503","given":"null"}]}`, `orders;why="status 503";given=null`},
		{-1, `"default","default":[1.0]`, "200", `{"user":U,"orders":[1.0],"_missing":[{"part":"orders","why":"timeout","given":"default"}]}`, `orders;why="timeout";given=default`},
		{-1, `"fail"`, "504", `{"message":"orders: timeout","_missing":[{"part":"orders","why":"timeout"}]}`, `orders;why="timeout"`},
		{503, `"fail"`, "502", `{"message":"orders: status 503","_missing":[{"part":"orders","why":"status 503"}]}`, `orders;why="status 503"`},
		{404, `"fail"`, "404", `{"message":"orders: status 404","_missing":[{"part":"orders","why":"status 404"}]}`, `orders;why="status 404"`},
		{404, `"fail","statuses":[404],"from":"message"`, "200", `{"user":U,"orders":"no"}`, ""},
		{200, `"omit"`, "200", `{"user":U,"_missing":[{"part":"orders","why":"no JSON"}]}`, `orders;why="no JSON"`},
		{0, `"omit","from":"data.\"x"`, "200", `{"user":U,"_missing":[{"part":"orders","why":"nothing at data.\"x"}]}`, `orders;why="nothing at data._x"`},
		{0, `"omit","service":"none"`, "200", `{"user":U,"_missing":[{"part":"orders","why":"no such service"}]}`, `orders;why="no such service"`},
	} {
		sick.Store(c.sick)
		// Of a member that comes twice the last one counts.
		config := `{"parts":[` + both + `,"timeout":30,"on_failure":` + c.policy + `}]}`
		g := plugintest.ServeWith(t, services, with(config)...)
		begin := time.Now()
		got := ask(g, "/?id=1")
		body := strings.Replace(httpdtest.Body(got), `{"id":7,"uri":"/api/u/1","name":"Ada"}`, "U", 1)
		if httpdtest.Status(got) != c.status || body != c.body || httpdtest.Header(got, "X-Missing-Parts") != c.header {
			t.Errorf("%d %s: %q\n%s", c.sick, c.policy, got, g.Log())
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%d %s took %s", c.sick, c.policy, took)
		}
	}
}

// What a service has said last is given to the same client only.
func TestStale(t *testing.T) {
	g := plugintest.ServeWith(t, services, with(`{"parts":[{"name":"o","service":"orders","path":"/o","from":"data.items.0.uri","on_failure":"stale"}]}`)...)
	for _, c := range []struct {
		sick        int32
		who, answer string
	}{
		{503, "alice", `{"_missing":[{"part":"o","why":"status 503"}]}`},
		{0, "alice", `{"o":"/o"}`},
		{503, "alice", `{"o":"/o","_missing":[{"part":"o","why":"status 503","given":"stale"}]}`},
		{503, "bob", `{"_missing":[{"part":"o","why":"status 503"}]}`},
	} {
		sick.Store(c.sick)
		if got := ask(g, "/", "Authorization: "+c.who); httpdtest.Body(got) != c.answer {
			t.Errorf("%d %s: %q", c.sick, c.who, got)
		}
	}
}

// A class has parts and a deadline of its own.
func TestClasses(t *testing.T) {
	sick.Store(-1)
	g := plugintest.ServeWith(t, services, with(`{"timeout":60000,"deadlines":{"ios":20},"parallel":1,"parts":[{"name":"orders","service":"orders","classes":["ios"]},{"name":"user","service":"users","from":"id"}]}`)...)
	for client, want := range map[string]string{
		"web": `{"user":7}`,
		"ios": `{"_missing":[{"part":"orders","why":"timeout"},{"part":"user","why":"timeout"}]}`,
	} {
		if got := ask(g, "/", "X-Client: "+client); httpdtest.Body(got) != want || httpdtest.Header(got, "Vary") != "X-Client" {
			t.Errorf("%s: %q", client, got)
		}
	}
}

// Who must not be missing and is ends all others at once; so does a client that goes.
func TestGivenUp(t *testing.T) {
	sick.Store(-1)
	g := plugintest.ServeWith(t, services, with(`{"timeout":60000,"parts":[{"name":"orders","service":"orders"},{"name":"user","service":"users","from":"none","on_failure":"fail"}]}`)...)
	if got := ask(g, "/"); httpdtest.Status(got) != "502" || !strings.Contains(got, `[{"part":"orders","why":"not waited for"},{"part":"user","why":"nothing at none"}]`) {
		t.Errorf("%q", got)
	}
	g = plugintest.ServeWith(t, services, with(`{"timeout":60000,"parts":[{"name":"orders","service":"orders"}]}`)...)
	asked.Store(0)
	c := g.Dial()
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: h.test\r\n\r\n")
	for asked.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	c.Close() // the worker could not end otherwise
}

func TestBounds(t *testing.T) {
	sick.Store(0)
	g := plugintest.ServeWith(t, services, with(`{"max_size":40,"parts":[{"name":"user","service":"users"},{"name":"o","service":"orders","query":{"x":"$(answers.user.id or 'none')"}}]}`)...)
	if got := ask(g, "/"); !strings.Contains(got, `{"part":"o","why":"too long"}`) {
		t.Errorf("%q", got)
	}
	g = plugintest.ServeWith(t, services, with(`{"parts":[{"name":"o","service":"orders","method":"POST","pass_body":true,"from":"data.items.0.body"}]}`)...)
	got := g.Send("POST / HTTP/1.1\r\nHost: h.test\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
	if httpdtest.Body(got) != `{"o":"hi"}` {
		t.Errorf("%q", got)
	}
}

func TestRefused(t *testing.T) {
	part := func(s string) string { return `{"parts":[{"name":"a","service":"s"` + s + `}]}` }
	for config, want := range map[string]string{
		`{}`:                                  "required field missing",
		part(`,"path":"a"`):                   "should start with: /",
		part(`,"path":"/a?b"`):                "must be a path, without a query",
		part(`,"path":"/$(x.y)"`):             "is not in supported format",
		part(`,"path":"/$(answers.b.c)"`):     "a waits for b, which is no part",
		part(`,"query":{"x":"$(answers.a)"}`): "a waits for itself",
		part(`},{"name":"a","service":"s"`):   "two members would have the name a",
		part(`,"headers":{"a b":"c"}`):        "bad header name",
		part(`},{"name":"b c","service":"s"`): "must begin with a letter",
	} {
		if got := plugintest.Refused(plugintest.Plugin("aggregation", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
}
