// Package plugintest runs plugins as the gateway does, in a worker that knows some
// entities from its start. It is for tests only. In place of the proxy stands a service
// that answers with the request as it has got it, or in any way that a test wants.
package plugintest

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway"
	"moongate/gateway/entity"
)

// Service is what stands behind the gateway. It answers a request that goes to t.
type Service func(r *httpd.Request, t *upstreamhttp.Target) httpd.Result

// answer is the service of the test that runs.
var answer atomic.Pointer[Service]

var engine = sync.OnceValue(func() *httpdtest.Engine {
	return httpdtest.New(address, gateway.With(gateway.Passer{
		Wait: time.Millisecond,
		Conf: func(*httpd.Location) *upstreamhttp.Conf { return &upstreamhttp.Conf{} },
		Pass: func(r *httpd.Request, t *upstreamhttp.Target) httpd.Result { return (*answer.Load())(r, t) },
	}))
})

const conf = `gateway { store bolt:data/gateway.db; admin off; } server { listen SOCK; location / { gateway_pass; } }`

// Serve serves entities, each written "kind {json}", with a service that echoes.
func Serve(t testing.TB, docs ...string) *httpdtest.Rig {
	t.Helper()
	return ServeWith(t, Echo, docs...)
}

// ServeWith is Serve with another service.
func ServeWith(t testing.TB, s Service, docs ...string) *httpdtest.Rig {
	t.Helper()
	return ServeConf(t, conf, s, docs...)
}

// ServeConf is ServeWith with what stands inside of http{}.
func ServeConf(t testing.TB, conf string, s Service, docs ...string) *httpdtest.Rig {
	t.Helper()
	answer.Store(&s)
	return engine().With(map[string]string{"data/gateway.state": state(t, docs)}).Serve(t, conf)
}

// state is the file of the last good state, made by the same rules as the Admin API's.
func state(t testing.TB, docs []string) string {
	t.Helper()
	res, err := apply(docs)
	if err != nil {
		t.Fatal(err)
	}
	type document struct {
		Kind string          `json:"kind"`
		ID   string          `json:"id"`
		Raw  json.RawMessage `json:"doc"`
	}
	var list []document
	for _, k := range res.State.Model().Kinds() {
		for d := range res.State.All(k.Name) {
			list = append(list, document{d.Kind, d.ID, d.Raw})
		}
	}
	b, err := json.Marshal(map[string]any{"revision": 1, "documents": list})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func apply(docs []string) (*entity.Result, error) {
	model := entity.NewModel(gateway.Outside(gateway.Registry()))
	var ops []entity.Op
	for _, d := range docs {
		kind, text, _ := strings.Cut(d, " ")
		var doc map[string]any
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&doc); err != nil {
			return nil, fmt.Errorf("%s: %w", d, err)
		}
		ops = append(ops, entity.Op{Verb: entity.Create, Kind: kind, Doc: doc})
	}
	return entity.New(model).Apply(ops, time.Unix(1e9, 0))
}

// Refused is why entities are refused, "" if they are not.
func Refused(docs ...string) string {
	if _, err := apply(docs); err != nil {
		return err.Error()
	}
	return ""
}

// Entities that most tests need: a service and a route that takes all there is.
const (
	ServiceDoc = `services {"id":"00000000-0000-4000-8000-000000000001","name":"one","url":"http://one.test:8080"}`
	RouteDoc   = `routes {"id":"00000000-0000-4000-8000-000000000011","name":"r1","paths":["/"],"service":{"id":"00000000-0000-4000-8000-000000000001"}}`
)

// Plugin is a document of a plugin for all, with a config.
func Plugin(name, config string) string {
	return `plugins {"id":"00000000-0000-4000-8000-0000000000aa","name":"` + name + `","config":` + config + `}`
}

// Echo tells what the service gets: the request line, the host, the client's headers as
// the plugins have left them, in alphabetical order, and the body.
func Echo(r *httpd.Request, t *upstreamhttp.Target) httpd.Result {
	if res := r.ReadBody(); res != httpd.OK {
		return res
	}
	var lines []string
	for _, h := range r.In.List {
		if n := strings.ToLower(h.Name); n != "host" && n != "connection" {
			lines = append(lines, h.Name+": "+h.Value+"\n")
		}
	}
	sort.Strings(lines)
	return r.SendText(200, "text/plain", r.MethodName+" "+t.URI+" "+t.Host+"\n"+strings.Join(lines, "")+"\n"+string(r.Body.Mem))
}
