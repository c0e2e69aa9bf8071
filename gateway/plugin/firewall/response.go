package firewall

import (
	"slices"
	"strings"

	"github.com/corazawaf/coraza/v3/types"

	"moongate/edge/sys/event"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
)

// Responds implements plugin.Response.
func (i *instance) Responds() bool { return i.Mode != "off" && i.Responses && i.engine != nil }

// Wants implements plugin.Wants: of answers of other types nothing is held back.
func (i *instance) Wants(x *plugin.Context) int64 {
	n := slot.Get(x.R)
	if n == nil || !i.readable(x) {
		return 0
	}
	return i.ResponseLimit
}

// readable tells whether there is anything in the body for Coraza.
func (i *instance) readable(x *plugin.Context) bool {
	o := transform.Out{R: x.R}
	return o.Values("Content-Encoding") == nil && slices.Contains(i.ResponseTypes, mediaType(x.R.Out.ContentType))
}

// Response implements plugin.Response.
func (i *instance) Response(x *plugin.Context) plugin.Result {
	n := slot.Get(x.R)
	if n == nil {
		return plugin.Next // a rule has allowed the request
	}
	event.Block()
	r := x.R
	o := transform.Out{R: r}
	for _, name := range []string{"Content-Type", "Content-Length", "Last-Modified", "Location"} {
		for _, v := range o.Values(name) {
			n.tx.AddResponseHeader(name, v)
		}
	}
	for k := range r.Out.List {
		n.tx.AddResponseHeader(r.Out.List[k].Name, r.Out.List[k].Value)
	}
	before := len(n.tx.MatchedRules())
	it := n.judge(func() *types.Interruption { return n.tx.ProcessResponseHeaders(r.Out.Status, r.Proto) })
	if it == nil || i.detects() {
		it = n.judge(func() *types.Interruption {
			if i.readable(x) {
				if _, _, err := n.tx.WriteResponseBody(x.Whole); err != nil {
					return orFailed(r, nil, err)
				}
			}
			it, err := n.tx.ProcessResponseBody()
			return orFailed(r, it, err)
		})
	}
	i.took(n.spent)
	n.spent = 0
	if it == nil && len(n.tx.MatchedRules()) == before {
		return plugin.Next // what was said of the request stands
	}
	v := n.verdictOf(it, i.Most)
	if it != nil && !i.detects() {
		r.CleanHeader() // what was the service's is not for the answer
	}
	return i.decide(x, v)
}

func mediaType(contentType string) string {
	media, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(media))
}

// Log implements plugin.Log: rules of the last phase see the request when it is over.
func (i *instance) Log(x *plugin.Context) {
	n := slot.Get(x.R)
	if n == nil || i.engine == nil || !i.engine.sumsUp {
		return
	}
	before := len(n.tx.MatchedRules())
	n.tx.ProcessLogging()
	if len(n.tx.MatchedRules()) == before {
		return
	}
	v := n.verdictOf(n.judge(n.tx.Interruption), i.Most)
	if v.action != "pass" && i.detects() {
		v.action = "detect"
	}
	if v.rule != "" {
		x.LogValue("firewall", v.record())
	}
}
