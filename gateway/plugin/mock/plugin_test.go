package mock_test

import (
	"strings"
	"testing"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

func TestAnswers(t *testing.T) {
	const config = `{"responses":[
		{"path":"/users","methods":["GET"],"body":"[]","headers":{"X-Total":"0","Location":"/$(query_params.p)"}},
		{"path":"/users","methods":["POST"],"status":201,"body":"{\"name\":\"$(query_params.name)\"}"},
		{"path":"~^/users/\\d+$","status":404,"body":"gone","headers":{"content-type":"text/plain"},"delay":20}]`
	closed := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("mock", config+`}`))
	open := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("mock", config+`,"passthrough":true}`))
	for _, c := range []struct {
		g                           *httpdtest.Rig
		request, status, kind, body string
	}{
		{closed, "GET /users?p=x", "200", "application/json; charset=utf-8", "[]"},
		{closed, "POST /users?name=bob", "201", "application/json; charset=utf-8", `{"name":"bob"}`},
		{closed, "PUT /users/12", "404", "text/plain", "gone"},
		{closed, "DELETE /users", "404", "application/json; charset=utf-8", `{"message":"no mock answer for this request"}`},
		{open, "DELETE /users", "200", "text/plain", "DELETE /users one.test:8080\n\n"},
	} {
		got := c.g.Send(c.request + " HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n\r\n")
		if httpdtest.Status(got) != c.status || httpdtest.Header(got, "Content-Type") != c.kind || httpdtest.Body(got) != c.body {
			t.Errorf("%s: %q", c.request, got)
		}
	}
	if got := closed.Get("/users?p=x"); httpdtest.Header(got, "X-Total") != "0" || !strings.HasSuffix(httpdtest.Header(got, "Location"), "/x") {
		t.Errorf("%q", got)
	}
	for config, want := range map[string]string{
		`{}`:                                      "responses: required field missing",
		`{"responses":[]}`:                        "length must be at least 1",
		`{"responses":[{"path":"~("}]}`:           "invalid regex",
		`{"responses":[{"path":"users"}]}`:        "should start with: / or ~",
		`{"responses":[{"status":99}]}`:           "value should be between 200 and 599",
		`{"responses":[{"headers":{"a b":"c"}}]}`: "'a b' is not a valid header",
	} {
		if got := plugintest.Refused(plugintest.Plugin("mock", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
}
