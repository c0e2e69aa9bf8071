// Package correlationid is the plugin correlation-id: it gives each request an id that
// goes to the service, into logs, and if wanted back to the client.
package correlationid

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is correlation-id.
var Plugin = plugin.Plugin{
	Name: "correlation-id",
	Doc:  "Gives each request an id.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "header_name", Kind: schema.String, Default: "Kong-Request-ID", Check: checkName, Doc: "The header that has it."},
		{Name: "generator", Kind: schema.String, Required: true, Default: "uuid#counter", OneOf: schema.Words("uuid", "uuid#counter", "tracker"), Doc: "How ids are made."},
		{Name: "echo_downstream", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether the client is told the id."},
	}},
	New: func(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := &instance{worker: entity.NewID()}
		if err := c.Decode(i); err != nil {
			return nil, err
		}
		var ok bool
		if i.generate, ok = generators[i.Generator]; !ok {
			return nil, fmt.Errorf("unknown generator %q", i.Generator)
		}
		return i, nil
	},
}

func checkName(v any) string {
	s, _ := v.(string)
	if !plugin.IsHeaderName(s) {
		return "bad header name '" + s + "', allowed characters are A-Z, a-z, 0-9, '_', and '-'"
	}
	return ""
}

type instance struct {
	HeaderName string `json:"header_name"`
	Generator  string `json:"generator"`
	Echo       bool   `json:"echo_downstream"`

	worker   string // of this worker
	count    atomic.Uint64
	generate func(i *instance, r *httpd.Request) string
}

var generators = map[string]func(*instance, *httpd.Request) string{
	"uuid": func(*instance, *httpd.Request) string { return entity.NewID() },
	"uuid#counter": func(i *instance, r *httpd.Request) string {
		return r.Concat(i.worker, "#", r.Int(int64(i.count.Add(1))))
	},
	"tracker": tracker,
}

// tracker is address-port-pid-connection-requests-time, as Kong words it.
func tracker(_ *instance, r *httpd.Request) string {
	b := make([]byte, 0, 96)
	local := r.Conn.LocalAddr()
	if local.IsValid() {
		b = local.Addr().Unmap().AppendTo(b)
	}
	b = append(b, '-')
	b = strconv.AppendUint(b, uint64(local.Port()), 10)
	b = append(b, '-')
	b = strconv.AppendInt(b, int64(os.Getpid()), 10)
	b = append(b, '-')
	b = strconv.AppendUint(b, r.Conn.Number, 10)
	b = append(b, '-')
	requests, _, _ := r.LookupVar("connection_requests")
	b = append(b, requests...)
	ms := event.UnixNano() / 1e6
	return r.Copy(fmt.Appendf(b, "-%d.%03d", ms/1000, ms%1000))
}

// given is the id that a request has got, where the client shall hear of it.
type given struct{ id string }

var slot = httpd.NewSlot[given]()

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	id, _ := x.R.In.Get(i.HeaderName)
	if id == "" {
		id = i.generate(i, x.R)
		x.R.In.Set(i.HeaderName, id)
	}
	x.LogValue("correlation_id", id)
	if i.Echo {
		slot.Put(x.R, &given{id})
	}
	return plugin.Next
}

// Header implements plugin.Header.
func (i *instance) Header(x *plugin.Context) {
	if !i.Echo {
		return
	}
	id := ""
	if g := slot.Get(x.R); g != nil {
		id = g.id
	} else if id, _ = x.R.In.Get(i.HeaderName); id == "" {
		id = i.generate(i, x.R) // somebody has answered before us
	}
	x.R.Out.Set(i.HeaderName, id)
}
