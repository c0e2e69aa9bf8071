package requestsizelimiting_test

import (
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

func TestSizes(t *testing.T) {
	const tooLarge = `{"message":"Request size limit exceeded"}`
	for _, c := range []struct{ config, head, body, status, message string }{
		{`{"allowed_payload_size":1,"size_unit":"kilobytes"}`, "Content-Length: 1024", strings.Repeat("x", 1024), "200", ""},
		{`{"allowed_payload_size":1,"size_unit":"kilobytes"}`, "Content-Length: 1025", strings.Repeat("x", 1025), "413", tooLarge},
		{`{"allowed_payload_size":3,"size_unit":"bytes"}`, "Content-Length: 4\r\nExpect: 100-continue", "", "417", tooLarge},
		{`{"allowed_payload_size":3,"size_unit":"bytes"}`, "Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n", "200", ""},
		{`{"allowed_payload_size":3,"size_unit":"bytes"}`, "Transfer-Encoding: chunked", "4\r\nabcd\r\n0\r\n\r\n", "413", tooLarge},
		{`{"allowed_payload_size":3,"size_unit":"bytes"}`, "A: b", "", "200", ""},
		{`{"require_content_length":true}`, "A: b", "", "411", `{"message":"A valid Content-Length header is required"}`},
		{`{"require_content_length":true}`, "Transfer-Encoding: chunked", "3\r\nabc\r\n0\r\n\r\n", "200", ""},
		{`{}`, "Content-Length: 3", "abc", "200", ""},
		{`{"allowed_payload_size":9007199254740993}`, "Content-Length: 3", "abc", "200", ""}, // more bytes than can be counted
		{`{"allowed_payload_size":8796093022208}`, "Content-Length: 3", "abc", "200", ""},    // 2^63 of them
	} {
		g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("request-size-limiting", c.config))
		got := g.Send("POST / HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n" + c.head + "\r\n\r\n" + c.body)
		got = strings.TrimPrefix(got, "HTTP/1.1 100 Continue\r\n\r\n")
		if httpdtest.Status(got) != c.status || c.message != "" && httpdtest.Body(got) != c.message {
			t.Errorf("%s %s: %q", c.config, c.head, got)
		}
	}
	if got := plugintest.Refused(plugintest.Plugin("request-size-limiting", `{"size_unit":"gigabytes"}`)); !strings.Contains(got, "expected one of: megabytes, kilobytes, bytes") {
		t.Error(got)
	}
}
