package gateway

import (
	"strings"
	"sync/atomic"
	"testing"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
)

// assigning sets variables in the access phase, as Lua does: the header Set carries
// name=value pairs.
var assigning = &httpd.Module{
	Name: "assigning",
	Handlers: []httpd.PhaseHandler{{Phase: httpd.Access, Run: func(r *httpd.Request) httpd.Result {
		list, _ := r.In.Get("Set")
		for pair := range strings.SplitSeq(list, " ") {
			name, value, ok := strings.Cut(pair, "=")
			if !ok {
				continue
			}
			if err := r.AssignVar("gateway_"+name, value, false); err != nil {
				r.SendText(500, "text/plain", err.Error())
				return 200 // what was sent stands
			}
		}
		return httpd.Declined
	}}},
}

// What the gateway has decided can be decided otherwise, and what can't be is said.
func TestChoose(t *testing.T) {
	release := `releases {"id":"00000000-0000-4000-8000-000000000041","name":"r","service":{"id":"00000000-0000-4000-8000-000000000001"},
		"candidate":{"service":{"id":"00000000-0000-4000-8000-000000000002"}},"percentage":0,"state":"running"}`
	g := engine().With(documents(t, service1, service2, route1, route3, group, target1, release)).Serve(t,
		gatewayConf)
	for _, c := range []struct{ uri, set, want string }{
		{"/one/a", "", "/base/a host=one.test:8080 tls=false group=one.test "},
		{"/one/a", "service=two", "/a host= tls=true group=group peers=127.0.0.1:81*10"},
		{"/one/a", "service=00000000-0000-4000-8000-000000000002 service=one", "/base/a host=one.test:8080 tls=false group=one.test "},
		{"/one/a", "path=/b service=two", "/b host= "},
		{"/one/a?x=1", "query=y=2", "/base/a?y=2 host=one.test:8080 "},
		{"/one/a?x=1", "query=", "/base/a host=one.test:8080 "},
		{"/one/a", "host=h", "/base/a host=h "},
		{"/one/a", "upstream=group", "/base/a host= tls=false group=group peers=127.0.0.1:81*10 "},
		{"/one/a", "upstream=group upstream=", "/base/a host=one.test:8080 tls=false group=one.test "},
		{"/one/a", "target=127.0.0.9:99", "/base/a host=one.test:8080 to=127.0.0.9:99:99 addrs=1"},
		{"/one/a", "target=[::1]:99", "/base/a host=one.test:8080 to=[::1]:99:99 addrs=1"},
		{"/one/a", "target=name.test:99", "/base/a host=one.test:8080 to=name.test:99 addrs=0"},
		{"/one/a", "target=name.test:99 target=", "/base/a host=one.test:8080 tls=false group=one.test "},
		{"/one/a", "variant=candidate", "/a host= tls=true group=group "},
		{"/one/a", "variant=candidate variant=baseline", "/base/a host=one.test:8080 "},
		{"/one/a", "service=none", `variable "gateway_service": no service has the name or id "none"`},
		{"/one/a", "upstream=none", `variable "gateway_upstream": no upstream has the name or id "none"`},
		{"/one/a", "target=none", `variable "gateway_target": "none" is no target, it must be HOST:PORT`},
		{"/one/a", "target=h:0", `variable "gateway_target": "h:0" is no target, it must be HOST:PORT`},
		{"/one/a", "variant=b", `variable "gateway_variant": "b" is no variant, it must be "baseline" or "candidate"`},
		{"/one/a", "service=two variant=baseline", `variable "gateway_variant": no release is at work for the service of this request`},
		{"/one/a", "path=b", `variable "gateway_path": the path "b" does not begin with "/"`},
		{"/one/a", "route=x", `variable "gateway_route" not changeable`},
	} {
		got := httpdtest.Body(g.Send("GET " + c.uri + " HTTP/1.1\r\nHost: h.test\r\nSet: " + c.set + "\r\nConnection: close\r\n\r\n"))
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s %s: %q, want %q\n%s", c.uri, c.set, got, c.want, g.Log())
		}
	}
}

// peeking notes what the gateway of the worker that was started last has.
var peeking = &httpd.Module{Name: "peeking", Start: func(w *httpd.Worker) error {
	peeked.Store(httpd.MainConf[mainConf](w.HTTP, Module))
	return nil
}}

var peeked atomic.Pointer[mainConf]
