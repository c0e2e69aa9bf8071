package bodytransformer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

func serve(t *testing.T, s func(r *httpd.Request, t *upstreamhttp.Target) httpd.Result, config string) *httpdtest.Rig {
	t.Helper()
	return plugintest.ServeWith(t, s, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("body-transformer", config))
}

func post(g *httpdtest.Rig, path, kind, body, more string) string {
	return g.Send(fmt.Sprintf("POST %s HTTP/1.1\r\nHost: h.test\r\nContent-Type: %s\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n%s", path, kind, len(body), more, body))
}

func TestRequests(t *testing.T) {
	const template = `{"request":{"template":"{\"user\":{{ body.user.name }},\"page\":{{ query.page | default 1 }},\"who\":{{ consumer.username }},\"agent\":\"by {{ headers.User-Agent }}\"}"}}`
	for _, c := range []struct{ config, path, kind, body, more, want string }{
		{template, "/?page=2", "application/json", `{"user":{"name":"b\"ob"}}`, "User-Agent: x\r\n", `200 |application/json; charset=utf-8|{"user":"b\"ob","page":"2","who":null,"agent":"by x"}`},
		{template, "/", "text/plain", `{"user":{"name":"bob"}}`, "", `200 |text/plain|{"user":{"name":"bob"}}`},
		{template, "/", "application/json", ``, "", `200 |application/json|`},
		{template, "/", "application/json", `{"user"`, "", `400 {"message":"the body can't be read: it is no JSON"}`},
		{template, "/", "application/json", `{}`, "Content-Encoding: gzip\r\n", `415 {"message":"bodies with Content-Encoding are not understood"}`},
		{`{"request":{"output_format":"xml"}}`, "/", "application/json", `{"a":{"b":1}}`, "", `200 |application/xml; charset=utf-8|<a><b>1</b></a>`},
		{`{"request":{"input_format":"args","output_format":"json"}}`, "/?a=1&a=2&b=%22", "text/plain", `gone`, "", `200 |application/json; charset=utf-8|{"a":["1","2"],"b":"\""}`},
		{`{"request":{"input_format":"plain","output_format":"plain","content_type":"text/html","template":"PHA+e3sgYm9keSB9fTwvcD4=","template_is_base64":true}}`, "/", "x/y", `hi`, "", `200 |text/html|<p>hi</p>`},
		{`{"request":{"max_body_size":10}}`, "/", "application/json", `{"a":123456789}`, "", `413 {"message":"the body is too large"}`},
		{`{"request":{"max_output_size":5}}`, "/", "application/json", `{"a":123456789}`, "", `500 {"message":"the body can't be transformed"}`},
		{`{"request":{"template":"{\"a\":{{ if body.a }}1{{ end }}}"}}`, "/", "application/json", `{}`, "", `500 {"message":"the body can't be transformed"}`},
	} {
		g := serve(t, plugintest.Whole, c.config)
		got := post(g, c.path, c.kind, c.body, c.more)
		said := httpdtest.Status(got) + " "
		if said == "200 " {
			all := strings.Split(plugintest.Sent(got, "Content-Type"), "|")
			said += "|" + strings.TrimPrefix(all[1], "Content-Type: ") + "|" + strings.Join(all[2:], "")
		} else {
			said += httpdtest.Body(got)
		}
		if said != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.config, c.body, said, c.want)
		}
		if strings.HasPrefix(c.want, "500") {
			g.WantLog(`\[error\].*gateway: body-transformer: the request's body can't be transformed: what`)
		}
	}
}

// A body that lies in a file, because it is larger than client_body_buffer_size.
func TestLongRequest(t *testing.T) {
	g := serve(t, plugintest.Whole, `{"request":{"template":"{\"n\":{{ body.s | length }}}"}}`)
	if got := post(g, "/", "application/json", `{"s":"`+strings.Repeat("x", 100000)+`"}`, ""); !strings.HasSuffix(got, `{"n":100000}`) {
		t.Errorf("%q", got)
	}
}

// said is a service that answers by the query: its status, its type and its body.
func said(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
	arg := func(name string) string { v, _, _ := r.LookupVar("arg_" + name); return v }
	r.Out.Add("ETag", `"x"`)
	if c := arg("coding"); c != "" {
		r.Out.Add("Content-Encoding", c)
	}
	if _, ok := r.In.Get("Accept-Encoding"); ok {
		return 400
	}
	status := 200
	if arg("status") != "" {
		status = 404
	}
	r.Out.Status = status
	kind, body := "application/json", `{"items":[{"id":1,"secret":"s"},{"id":2,"secret":"t"}]}`
	if v := arg("type"); v != "" {
		kind = v
	}
	if v := arg("body"); v != "" {
		body = v
	}
	return r.SendText(status, kind, body)
}

func TestAnswers(t *testing.T) {
	const template = `"template":"[{{ range x in body.items }}{{ x.id }}{{ sep \",\" }}{{ end }}]"`
	for _, c := range []struct{ config, query, want string }{
		{`{"response":{` + template + `}}`, "", `200 application/json; charset=utf-8  [1,2]`},
		{`{"response":{` + template + `}}`, "?type=text/plain", `200 text/plain "x" {"items":[{"id":1,"secret":"s"},{"id":2,"secret":"t"}]}`},
		{`{"response":{` + template + `}}`, "?status=404", `404 application/json; charset=utf-8  [1,2]`},
		{`{"response":{"status_codes":[200],` + template + `}}`, "?status=404&body={}", `404 application/json "x" {}`},
		{`{"response":{` + template + `}}`, "?body=[", `502 application/json; charset=utf-8  {"message":"the service's answer can't be transformed"}`},
		{`{"response":{` + template + `}}`, "?coding=gzip", `502 application/json; charset=utf-8  {"message":"the service's answer can't be transformed"}`},
		{`{"response":{"max_body_size":20,` + template + `}}`, "", `502 application/json; charset=utf-8  {"message":"the service's answer can't be transformed"}`},
		{`{"response":{"output_format":"xml"}}`, "?body={\"a\":{{status}}}", `502`},
		{`{"response":{"output_format":"xml","template":"<s>{{ status }}</s>"}}`, "", `200 application/xml; charset=utf-8  <s>200</s>`},
	} {
		g := serve(t, said, c.config)
		got := g.Get("/"+c.query, "Accept-Encoding: gzip")
		told := strings.Join([]string{httpdtest.Status(got), httpdtest.Header(got, "Content-Type"), httpdtest.Header(got, "ETag"), httpdtest.Body(got)}, " ")
		if told != c.want && !(c.want == "502" && strings.HasPrefix(told, "502 ")) {
			t.Errorf("%s %s:\n got %s\nwant %s", c.config, c.query, told, c.want)
		}
		if strings.HasPrefix(c.want, "502") {
			g.WantLog(`\[error\].*gateway: body-transformer: the answer's body can't be transformed: `)
		}
	}
	g := serve(t, said, `{"response":{`+template+`}}`)
	if got := g.Send("HEAD / HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n\r\n"); httpdtest.Status(got) != "200" || httpdtest.Header(got, "ETag") == "" {
		t.Errorf("HEAD: %q", got)
	}
}

// An answer that is not transformed goes on as it comes: its first part is there before the
// service has sent the second one.
func TestStreams(t *testing.T) {
	read := make(chan bool)
	g := serve(t, func(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
		r.Out.Status, r.Out.ContentType = 200, "text/event-stream"
		if res := r.SendHeader(); res != httpd.OK {
			return res
		}
		if r.Write(httpd.Buf{B: []byte("data: 1\n\n"), Flush: true}) != nil {
			return httpd.Error
		}
		for begin := time.Now(); ; {
			select {
			case <-read:
				if r.Write(httpd.Buf{B: []byte("data: 2\n\n"), Last: true}) != nil {
					return httpd.Error
				}
				return httpd.OK
			default:
			}
			if !r.Sleep(time.Millisecond) || time.Since(begin) > 10*time.Second {
				return httpd.Error
			}
		}
	}, `{"response":{}}`)
	c := g.Dial()
	defer c.Close()
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n\r\n")
	var got strings.Builder
	buf := make([]byte, 4096)
	for told := false; ; {
		n, err := c.Read(buf)
		got.Write(buf[:n])
		if !told && strings.Contains(got.String(), "data: 1") {
			told = true
			close(read)
		}
		if err != nil {
			break
		}
	}
	if !strings.Contains(got.String(), "data: 2") {
		t.Errorf("%q", got.String())
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                                  "at least one of these fields must be non-empty: 'request', 'response'",
		`{"request":{"template":"{{ x }}"}}`:  `"x" is not known`,
		`{"response":{"template":"{{ body"}}`: `"}}" is missing`,
		`{"request":{"template":"!","template_is_base64":true}}`: "illegal base64",
		`{"request":{"output_format":"yaml"}}`:                   "expected one of: json, xml, encoded, plain",
		`{"request":{"content_type":"a\nb"}}`:                    "must be one line of printable characters",
		`{"request":{"max_body_size":0}}`:                        "value should be between 1 and",
		`{"response":{"status_codes":[99]}}`:                     "value should be between 200 and 599",
	} {
		if got := plugintest.Refused(plugintest.Plugin("body-transformer", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
}
