package responsetransformer_test

import (
	"strings"
	"testing"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

// service answers in pieces, with what the query says.
func service(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
	body := `{"a":1,"b":"x","l":[1],"f":false}`
	r.Out.ContentType = "application/json; charset=utf-8"
	switch r.Args {
	case "text":
		r.Out.ContentType = "text/plain"
	case "list":
		body = "[1]"
	case "broken":
		body = `{"a":`
	}
	r.Out.Add("A", "1")
	r.Out.Add("a", "2")
	r.Out.Add("B", "3")
	r.Out.Status, r.Out.ContentLength = 200, int64(len(body))
	if res := r.SendHeader(); res != httpd.OK {
		return res
	}
	if r.Write(httpd.Buf{B: []byte(body[:3])}) != nil || r.Write(httpd.Buf{B: []byte(body[3:]), Last: true}) != nil {
		return httpd.Error
	}
	return httpd.OK
}

// told is the header lines that are the service's or the plugin's, and the body.
func told(answer string) string {
	head, body, _ := strings.Cut(answer, "\r\n\r\n")
	var out []string
	for line := range strings.SplitSeq(head, "\r\n") {
		switch name, _, ok := strings.Cut(line, ": "); {
		case !ok, name == "Server", name == "Date", name == "Connection", name == "Content-Type" && strings.Contains(line, "json"):
		case name == "Transfer-Encoding":
			body = plain(body)
		case name != "Content-Length":
			out = append(out, line)
		}
	}
	return strings.Join(out, "|") + "||" + body
}

// plain is a chunked body of one chunk.
func plain(s string) string {
	_, s, _ = strings.Cut(s, "\r\n")
	return strings.TrimSuffix(s, "\r\n0\r\n\r\n")
}

func TestTransforms(t *testing.T) {
	const same = `{"a":1,"b":"x","l":[1],"f":false}`
	for _, c := range []struct{ config, query, want string }{
		{`{"remove":{"headers":["A"]}}`, "", "B: 3||" + same},
		{`{"rename":{"headers":["A:B"]}}`, "", "B: 1|B: 2||" + same},
		{`{"rename":{"headers":["X:B"]}}`, "", "A: 1|a: 2|B: 3||" + same},
		{`{"replace":{"headers":["A:9","X:9"]}}`, "", "A: 9|B: 3||" + same},
		{`{"add":{"headers":["A:9","X:9:8"]}}`, "", "A: 1|a: 2|B: 3|X: 9:8||" + same},
		{`{"append":{"headers":["B:9"]},"remove":{"headers":["A"]}}`, "", "B: 3|B: 9||" + same},
		{`{"replace":{"headers":["Content-Type:text/html"]},"remove":{"headers":["A","B"]}}`, "", "Content-Type: text/html||" + same},
		{`{"remove":{"json":["a","none"],"headers":["A","B"]}}`, "", `||{"b":"x","l":[1],"f":false}`},
		{`{"rename":{"json":["a:b"]},"remove":{"headers":["A","B"]}}`, "", `||{"b":1,"l":[1],"f":false}`},
		{`{"replace":{"json":["a:2","b:true","f:1","z:1","l:x"],"json_types":["number","boolean"]},"remove":{"headers":["A","B"]}}`, "", `||{"a":2,"b":true,"l":"x","f":false}`},
		{`{"add":{"json":["a:2","f:1","z:no","y:5"],"json_types":["string","string","number"]},"remove":{"headers":["A","B"]}}`, "", `||{"a":1,"b":"x","l":[1],"f":"1","y":"5"}`},
		{`{"append":{"json":["a:2","b:y","l:2","n:/\"é"],"json_types":["number","string","number"]},"remove":{"headers":["A","B"]}}`, "", `||{"a":[2],"b":["x","y"],"l":[1,2],"f":false,"n":["/\"é"]}`},
		{`{"remove":{"json":["a"],"headers":["A","B"]}}`, "?text", "Content-Type: text/plain||" + same},
		{`{"remove":{"json":["a"],"headers":["A","B"]}}`, "?list", `||[1]`},
		{`{"remove":{"json":["a"],"headers":["A","B"]}}`, "?broken", `||{"a":`},
	} {
		g := plugintest.ServeWith(t, service, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("response-transformer", c.config))
		if got := told(g.Get("/" + c.query)); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.config, got, c.want)
		}
		if c.query == "?broken" {
			g.WantLog(`\[warn\].*response-transformer: body transform failed: failed parsing json body`)
		}
	}
	g := plugintest.ServeWith(t, service, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("response-transformer", `{"remove":{"json":["a"]}}`))
	if got := g.Send("HEAD / HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n\r\n"); httpdtest.Status(got) != "200" || httpdtest.Body(got) != "" {
		t.Errorf("HEAD: %q", got)
	}
	for config, want := range map[string]string{
		`{"add":{"headers":["a"]}}`:                     "invalid value: a",
		`{"add":{"headers":["a b:c"]}}`:                 "'a b' is not a valid header",
		`{"append":{"headers":["a:b\r\nc: d"]}}`:        "a header has one line",
		`{"rename":{"headers":["a:b c"]}}`:              "'b c' is not a valid header",
		`{"add":{"json":["a:1"],"json_types":["int"]}}`: "expected one of: boolean, number, string",
	} {
		if got := plugintest.Refused(plugintest.Plugin("response-transformer", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
}
