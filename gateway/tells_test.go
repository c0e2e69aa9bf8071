package gateway

import (
	"net/netip"
	"testing"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/zone"
	"moongate/gateway/plugin"
)

// tellsOf asks a plugin as the gateway process does, where there is no worker.
func tellsOf(t *testing.T, p *plugin.Plugin, config string, q *plugin.Question) plugin.Told {
	t.Helper()
	zs := zone.New()
	for _, name := range []string{"counts", "cache"} {
		if _, err := zs.Declare(name, 1<<20, zone.KindDict); err != nil {
			t.Fatal(err)
		}
	}
	if err := zs.Bind(nil); err != nil {
		t.Fatal(err)
	}
	zs.Commit(nil)
	t.Cleanup(zs.Close)
	env := &plugin.Env{Log: new(errlog.Log)}
	var err error
	if env.Dict, err = zone.OpenDict(zs.Find("counts")); err != nil {
		t.Fatal(err)
	}
	if env.Cache, err = zone.OpenDict(zs.Find("cache")); err != nil {
		t.Fatal(err)
	}
	i, err := p.New(env, &plugin.Config{ID: "00000000-0000-4000-8000-0000000000aa", Plugin: p.Name, Raw: []byte(config)})
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	return i.(plugin.Tells).Tell(q)
}

// Plugins that answer by themselves say so, for the same requests.
func TestTells(t *testing.T) {
	q := &plugin.Question{Method: "GET", Scheme: "http", Host: "h", Path: "/a%20b", URI: "/a b", Query: "x=1&y%20z=2", Route: "r", Service: "s",
		Headers: []http1.Header{{Name: "x-off", Value: "1"}}, Client: netip.MustParseAddr("10.1.1.1")}
	seen := map[string]bool{}
	for _, c := range []struct {
		name, config string
		want         plugin.Told
	}{
		{"request-termination", `{"status_code":503}`, plugin.Told{Status: 503, State: "answers", Why: "to all requests"}},
		{"request-termination", `{"status_code":503,"trigger":"X-Off"}`, plugin.Told{Status: 503, State: "answers", Why: "the request has X-Off"}},
		{"request-termination", `{"status_code":503,"trigger":"y z"}`, plugin.Told{Status: 503, State: "answers", Why: "the request has y z"}},
		{"request-termination", `{"status_code":503,"trigger":"off"}`, plugin.Told{State: "lets pass", Why: "the request has no off"}},
		{"redirect", `{"status_code":301,"location":"http://n.test/x#f"}`, plugin.Told{Status: 301, State: "answers", Why: "to http://n.test/x#f"}},
		{"redirect", `{"status_code":302,"location":"http://n.test/x#f","keep_incoming_path":true}`, plugin.Told{Status: 302, State: "answers", Why: "to http://n.test/a%20b?x=1&y%20z=2#f"}},
		{"ip-restriction", `{"allow":["10.0.0.0/8"]}`, plugin.Told{State: "lets pass"}},
		{"ip-restriction", `{"allow":["10.2.0.0/16"],"status":401}`, plugin.Told{Status: 401, State: "refuses", Why: "10.1.1.1 is not let in"}},
		{"ip-restriction", `{"deny":["10.1.1.1"]}`, plugin.Told{Status: 403, State: "refuses", Why: "10.1.1.1 is not let in"}},
		{"mock", `{"responses":[{"path":"/x","status":200},{"path":"/a b","status":201}]}`, plugin.Told{Status: 201, State: "answers", Why: "response 2 fits"}},
		{"mock", `{"responses":[{"methods":["POST"],"status":200}]}`, plugin.Told{Status: 404, State: "answers", Why: "no response fits"}},
		{"mock", `{"responses":[{"path":"~^/b","status":200}],"passthrough":true}`, plugin.Told{State: "lets pass", Why: "no response fits"}},
		{"mtls-auth", `{}`, plugin.Told{Status: 401, State: "refuses", Why: "without TLS there is no certificate"}},
		{"mtls-auth", `{"anonymous":"guest"}`, plugin.Told{State: "lets pass", Why: "as the consumer guest"}},
		{"oauth2-introspection", `{"introspection_url":"http://127.0.0.1:1/","authorization_value":"x"}`, plugin.Told{Status: 401, State: "refuses", Why: "there is no token"}},
		{"firewall", `{"mode":"block","rules":[{"action":"deny","path":"/b"},{"action":"deny","name":"spaces","path":"/a b","query":{"y z":"2"}}]}`, plugin.Told{Status: 403, State: "refuses", Why: "spaces: an own rule fits"}},
		{"firewall", `{"mode":"detect","rules":[{"action":"deny","addresses":["10.0.0.0/8"]}]}`, plugin.Told{State: "would refuse", Why: "rule 1: an own rule fits"}},
		{"firewall", `{"mode":"block","request_body_limit":9,"response_body_limit":9,"response_types":["text/plain"],"directives_after":"SecRule ARGS:x \"@streq 1\" \"id:7,phase:2,deny,status:404,msg:'one'\""}`, plugin.Told{Status: 404, State: "refuses", Why: "7: one"}},
		{"firewall", `{"mode":"block","request_body_limit":9,"response_body_limit":9,"response_types":["text/plain"],"directives_after":"SecRule ARGS:x \"@streq 2\" \"id:7,phase:2,deny,status:404,msg:'one'\""}`, plugin.Told{State: "lets pass", Why: "no rule fits"}},
		{"oauth2-introspection", `{"introspection_url":"http://id.test"}`, plugin.Told{Status: 401, State: "refuses", Why: "there is no token"}},
		{"openid-connect", `{"issuer":"http://id.test","auth_methods":["authorization_code"]}`, plugin.Told{Status: 302, State: "answers", Why: "a browser logs in at http://id.test"}},
		{"openid-connect", `{"issuer":"http://id.test","auth_methods":["bearer"]}`, plugin.Told{Status: 401, State: "refuses", Why: "there is neither a token nor a session"}},
		{"openid-connect", `{"issuer":"http://id.test","auth_methods":["authorization_code"],"anonymous":"guest"}`, plugin.Told{State: "lets pass", Why: "as the consumer guest"}},
		{"field-shaping", `{"shapes":[{"classes":["ios"],"pick":["a"]}]}`, plugin.Told{State: "as it is", Why: "there is no shape for the client's class"}},
		{"aggregation", `{"timeout":300,"parts":[{"name":"a","service":"s","path":"/"}]}`, plugin.Told{Status: 200, State: "asks", Why: "it asks a of s, for 300 ms at most"}},
		{"circuit-breaker", `{"per":"route","window":10}`, plugin.Told{State: "closed"}},
		{"proxy-cache", `{"request_method":["POST"]}`, plugin.Told{State: "Bypass", Why: "the method is GET, answers are kept of POST"}},
		{"body-transformer", `{"request":{"input_format":"auto"},"response":{"output_format":"json"}}`, plugin.Told{State: "transforms", Why: "answers become json"}},
		{"body-transformer", `{"request":{"input_format":"args","output_format":"xml"}}`, plugin.Told{State: "transforms", Why: "the request's body, args, becomes xml"}},
		{"body-transformer", `{"request":{"input_format":"auto"}}`, plugin.Told{State: "lets pass", Why: "it is not for this request"}},
		{"fault-injection", `{"abort":{"http_status":503,"percentage":100}}`, plugin.Told{State: "answers", Status: 503, Why: "100 % are answered with 503"}},
		{"grpc-web", `{}`, plugin.Told{Status: 405, State: "refuses", Why: "gRPC-Web calls are POST"}},
		{"opentelemetry", `{"sampling_rate":0.5}`, plugin.Told{State: "maybe recorded", Why: "a new trace, of which 50 % are recorded"}},
	} {
		for _, p := range plugins() {
			if p.Name != c.name {
				continue
			}
			if seen[c.name] = true; p.Tells == 0 {
				t.Errorf("%s is not asked", c.name)
			}
			if got := tellsOf(t, p, c.config, q); got != c.want {
				t.Errorf("%s %s: %+v, want %+v", c.name, c.config, got, c.want)
			}
		}
	}
	for _, p := range plugins() {
		if (p.Tells != 0) != seen[p.Name] {
			t.Errorf("%s: Tells is %v, and it was asked: %v", p.Name, p.Tells, seen[p.Name])
		}
	}
}
