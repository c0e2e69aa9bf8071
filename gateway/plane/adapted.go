package plane

import (
	"sync"

	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
)

// adaptations are a plan's settings as plugins have changed them. There are as many as
// instances that have a say, and they go with the plan.
type adaptations struct{ list sync.Map }

type adaptation struct {
	base *upstreamhttp.Conf
	by   plugin.Passing
}

// Adapted is c as an instance wants it.
func (p *Plan) Adapted(c *upstreamhttp.Conf, by plugin.Passing) *upstreamhttp.Conf {
	k := adaptation{c, by}
	if v, ok := p.adapted.list.Load(k); ok {
		return v.(*upstreamhttp.Conf)
	}
	mine := *c
	by.Pass(&mine)
	v, _ := p.adapted.list.LoadOrStore(k, &mine)
	return v.(*upstreamhttp.Conf)
}
