package faultinjection_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

func fault(config string) string { return plugintest.Plugin("fault-injection", config) }

func TestAborts(t *testing.T) {
	const key = "apikey: k\r\n"
	auth := []string{plugintest.Another("key-auth", `{"key_names":["apikey"],"anonymous":"guest"}`), `keyauth_credentials {"key":"k",` + plugintest.OfAlice + `}`}
	for _, c := range []struct{ name, config, headers, want string }{
		{"status", `{"abort":{"http_status":503}}`, "", "503  text/plain; charset=utf-8 "},
		{"body", `{"abort":{"http_status":418,"body":"$(headers.host)","headers":{"X-Why":"$(headers.host)!"}}}`, "", "418 h.test! text/plain; charset=utf-8 h.test"},
		{"JSON", `{"abort":{"http_status":500,"body":"{}"}}`, "", "500  application/json; charset=utf-8 {}"},
		{"type", `{"abort":{"http_status":500,"body":"<a/>","headers":{"content-type":"text/xml"}}}`, "", "500  text/xml <a/>"},
		{"never", `{"abort":{"http_status":503,"percentage":0}}`, "", "200"},
		{"gRPC", `{"abort":{"http_status":503,"grpc_status":14,"body":"50%é"}}`, "Content-Type: application/grpc+proto\r\n", "200  application/grpc+proto  14 50%25%C3%A9"},
		{"gRPC wanted, not spoken", `{"abort":{"http_status":503,"grpc_status":14}}`, "", "503  text/plain; charset=utf-8 "},
		{"header", `{"abort":{"http_status":503},"headers":{"X-Fault":"on"}}`, "X-Fault: on\r\n", "503  text/plain; charset=utf-8 "},
		{"other header", `{"abort":{"http_status":503},"headers":{"X-Fault":"on"}}`, "X-Fault: off\r\n", "200"},
		{"any header", `{"abort":{"http_status":503},"headers":{"X-Fault":"*"}}`, "X-Fault: off\r\n", "503  text/plain; charset=utf-8 "},
		{"no header", `{"abort":{"http_status":503},"headers":{"X-Fault":"*"}}`, "", "200"},
		{"consumer", `{"abort":{"http_status":503},"consumers":["alice"]}`, key, "503  text/plain; charset=utf-8 "},
		{"other consumer", `{"abort":{"http_status":503},"consumers":["bob","c-bob"]}`, key, "200"},
		{"custom_id", `{"abort":{"http_status":503},"consumers":["c-alice"]}`, key, "503  text/plain; charset=utf-8 "},
		{"nobody", `{"abort":{"http_status":503},"consumers":["alice"]}`, "", "200"},
	} {
		g := plugintest.Ask(t, plugintest.World(append(auth, fault(c.config))...)...)
		got := g.Send("GET / HTTP/1.1\r\nHost: h.test\r\n" + c.headers + "Connection: close\r\n\r\n")
		said := httpdtest.Status(got)
		if said != "200" || httpdtest.Header(got, "grpc-status") != "" {
			said += " " + httpdtest.Header(got, "X-Why") + " " + httpdtest.Header(got, "Content-Type") + " " + httpdtest.Body(got)
		}
		if n := httpdtest.Header(got, "grpc-status"); n != "" {
			said += " " + n + " " + httpdtest.Header(got, "grpc-message")
		}
		if said != c.want {
			t.Errorf("%s: %q, want %q", c.name, said, c.want)
		}
	}
}

// A share of requests fails; with the same seed the same ones do.
func TestShare(t *testing.T) {
	var first string
	for range 2 {
		g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, fault(`{"abort":{"http_status":503,"percentage":30},"seed":7}`))
		var all strings.Builder
		for range 50 {
			all.WriteString(httpdtest.Status(g.Get("/"))[:1])
		}
		if n := strings.Count(all.String(), "5"); n < 8 || n > 22 {
			t.Errorf("%d of 50: %s", n, all.String())
		}
		if first == "" {
			first = all.String()
		} else if first != all.String() {
			t.Errorf("%s, then %s", first, all.String())
		}
	}
}

// Requests wait, but not more of them than may, and nobody longer than said.
func TestDelays(t *testing.T) {
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, fault(`{"delay":{"duration":0.2,"duration_max":0.3},"max_delayed":2}`))
	began := time.Now()
	var waited [4]time.Duration
	var all sync.WaitGroup
	for i := range waited {
		all.Go(func() {
			if got := g.Get("/"); httpdtest.Status(got) != "200" {
				t.Errorf("%q", got)
			}
			waited[i] = time.Since(began)
		})
	}
	all.Wait()
	slow := 0
	for _, d := range waited {
		if d >= 200*time.Millisecond {
			slow++
		}
	}
	if slow != 2 {
		t.Errorf("%v", waited)
	}
	g.WantLog(`\[warn\].*gateway: fault-injection \S+: 2 requests wait already, this one does not`)
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                            "at least one of these fields must be non-empty: 'abort', 'delay'",
		`{"abort":{}}`:                  "http_status: required field missing",
		`{"abort":{"http_status":100}}`: "value should be between 200 and 599",
		`{"abort":{"http_status":500,"grpc_status":0}}`:  "value should be between 1 and 16",
		`{"abort":{"http_status":500,"body":"$(x"}}`:     "body",
		`{"abort":{"http_status":500,"percentage":101}}`: "value should be between 0 and 100",
		`{"delay":{"duration":601}}`:                     "value should be between 0 and 600",
		`{"delay":{"duration":2,"duration_max":1}}`:      "'duration_max' must not be less than 'duration'",
		`{"delay":{"duration":2},"headers":{"a b":"c"}}`: "'a b' is not a valid header",
		`{"delay":{"duration":2},"max_delayed":0}`:       "value should be between 1 and 1000000",
	} {
		if got := plugintest.Refused(fault(config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", config, got)
		}
	}
}
