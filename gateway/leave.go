package gateway

import (
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
)

// leave asks a plugin which of the target's peers are to be left out. Without anybody left
// the plugin answers.
func (x *exchange) leave(t *upstreamhttp.Target) plugin.Result {
	c := x.Choosing
	if c == nil || t.Group == nil || !c.Chooses(&x.Context) {
		return plugin.Next
	}
	x.peers, x.except = t.Group.Live(x.peers[:0]), x.except[:0]
	for _, p := range x.peers {
		if c.Leave(&x.Context, p.Server, p.Name) {
			x.except = append(x.except, p)
		}
	}
	if n := len(x.peers); n > 0 && len(x.except) == n {
		return c.Nobody(&x.Context)
	}
	t.Except = x.except
	return plugin.Next
}
