package luaplugin

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strconv"

	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// instance is one configuration of a plugin in Lua. In the VM it is known by its number,
// and its config is a table there from the first request on.
type instance struct {
	p      *Plugins
	number int

	asks, responds, heads, bodies, logs bool
}

// early is an instance whose plugin has the phase rewrite.
type early struct{ *instance }

// configuration is what the VM is told.
type configuration struct {
	ID       string          `json:"id"`
	Plugin   string          `json:"plugin"`
	Route    string          `json:"route,omitempty"`
	Service  string          `json:"service,omitempty"`
	Consumer string          `json:"consumer,omitempty"`
	Config   json.RawMessage `json:"config"`
}

func (p *Plugins) instance(c *plugin.Config, phases []string) plugin.Instance {
	has := func(name string) bool { return slices.Contains(phases, name) }
	i := &instance{p: p, asks: has("access"), responds: has("response"), heads: has("header_filter"), bodies: has("body_filter"), logs: has("log")}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	i.number = p.last
	p.byID[i.number] = &configuration{c.ID, c.Plugin, c.Route, c.Service, c.Consumer, c.Raw}
	// Requests that are on their way may hold on to it when it is no longer in force.
	runtime.AddCleanup(i, p.forget, i.number)
	if has("rewrite") {
		return early{i}
	}
	return i
}

// forget lets go of a configuration that no request can meet any more.
func (p *Plugins) forget(number int) {
	_, _ = p.machine.Ask(drop, strconv.Itoa(number)) // it does nothing that could fail
	p.mu.Lock()
	delete(p.byID, number)
	p.mu.Unlock()
}

// config gives the VM a configuration when it meets it first.
func (p *Plugins) config(number string) (string, bool, error) {
	n, err := strconv.Atoi(number)
	if err != nil {
		return "", false, err
	}
	p.mu.Lock()
	c := p.byID[n]
	p.mu.Unlock()
	if c == nil {
		return "", false, fmt.Errorf("there is no configuration %d", n)
	}
	return encode(c)
}

// Rewrite implements plugin.Rewrite, and the methods below what their names say.
func (i early) Rewrite(x *plugin.Context) plugin.Result {
	return i.run(x, httpd.Rewrite, rewrite)
}

func (i *instance) Access(x *plugin.Context) plugin.Result {
	if !i.asks {
		return plugin.Next
	}
	return i.run(x, httpd.Access, access)
}

// Responds and Response implement plugin.Response.
func (i *instance) Responds() bool { return i.responds }

func (i *instance) Response(x *plugin.Context) plugin.Result {
	return i.run(x, httpd.Access, response)
}

func (i *instance) run(x *plugin.Context, p httpd.Phase, function int) plugin.Result {
	if res := i.p.machine.Run(x.R, p, function, i.number); res != httpd.OK {
		return res
	}
	return plugin.Next
}

func (i *instance) Header(x *plugin.Context) {
	if i.bodies {
		x.FilterBody()
	}
	if !i.heads {
		return
	}
	if res := i.p.machine.Header(x.R, header, i.number); res != httpd.OK {
		x.Break(res)
	}
}

func (i *instance) Body(x *plugin.Context, in []httpd.Buf, next httpd.Sink) error {
	return i.p.machine.Body(x.R, in, next, body, i.number)
}

func (i *instance) Log(x *plugin.Context) {
	if i.logs {
		i.p.machine.Log(x.R, logged, i.number)
	}
}
