package concurrencylimiting_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin/plugintest"
)

// Two requests are held in the service: a third one is refused until one has ended.
func TestUnderWay(t *testing.T) {
	entered, leave := make(chan string), make(chan bool)
	hold := func(r *httpd.Request, _ *upstreamhttp.Target) httpd.Result {
		event.Block()
		entered <- r.URI
		<-leave
		return r.SendText(200, "text/plain", "ok")
	}
	g := plugintest.ServeWith(t, hold, plugintest.ServiceDoc, plugintest.RouteDoc,
		plugintest.Plugin("concurrency-limiting", `{"limit":2,"limit_by":"header","header_name":"Who"}`))
	ask := func(who string) io.ReadWriteCloser {
		c := g.Dial()
		fmt.Fprintf(c, "GET /%s HTTP/1.1\r\nHost: h.test\r\nWho: %s\r\nConnection: close\r\n\r\n", who, who)
		return c
	}
	answer := func(c io.ReadCloser) string {
		defer c.Close()
		b, _ := io.ReadAll(c)
		return string(b)
	}
	one, two := ask("a"), ask("a")
	<-entered
	<-entered
	if got := answer(ask("a")); httpdtest.Status(got) != "429" || httpdtest.Body(got) != `{"message":"Too many concurrent requests"}` {
		t.Errorf("the third one: %q", got)
	}
	other := ask("b")
	<-entered
	for range 3 {
		leave <- true
	}
	for i, c := range []io.ReadCloser{one, two, other} {
		if got := answer(c); httpdtest.Status(got) != "200" {
			t.Errorf("%d: %q", i, got)
		}
	}
	// A request is over when the server is done with it, shortly after its answer is there.
	for end := time.Now().Add(5 * time.Second); ; {
		c := ask("a")
		got := make(chan string, 1)
		go func() { got <- answer(c) }()
		select {
		case <-entered:
			leave <- true
			if text := <-got; httpdtest.Status(text) != "200" {
				t.Errorf("after the others: %q", text)
			}
			return
		case text := <-got:
			if time.Now().After(end) {
				t.Fatalf("still refused: %q", text)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for config, want := range map[string]string{
		`{}`:                              "limit: required field missing",
		`{"limit":0}`:                     "limit: value must be greater than 0",
		`{"limit":1,"limit_by":"header"}`: "header_name: required field missing",
	} {
		if got := plugintest.Refused(plugintest.Plugin("concurrency-limiting", config)); !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", config, got, want)
		}
	}
}
