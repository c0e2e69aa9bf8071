package opentelemetry

import (
	"fmt"

	"moongate/gateway/plugin"
)

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	var c carried
	var p parent
	c.read(q.Headers)
	i.ask(&c, &p)
	begin := "a new trace"
	if p.trace != [16]byte{} {
		begin = fmt.Sprintf("trace %x, told by the client in %s", p.trace, p.format.name)
	}
	switch {
	case p.known && !p.sampled:
		return plugin.Told{State: "not recorded", Why: begin + ", which it does not record"}
	case p.debug, p.known && i.parentBased:
		return plugin.Told{State: "recorded", Why: begin + ", which it records"}
	case p.trace == [16]byte{}:
		return plugin.Told{State: "maybe recorded", Why: fmt.Sprintf("%s, of which %g %% are recorded", begin, i.rate*100)}
	case i.decide(&p, &p.trace):
		return plugin.Told{State: "recorded", Why: fmt.Sprintf("%s, one of the %g %% that are recorded", begin, i.rate*100)}
	}
	return plugin.Told{State: "not recorded", Why: fmt.Sprintf("%s, not one of the %g %% that are recorded", begin, i.rate*100)}
}
