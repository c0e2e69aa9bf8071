package bodytransformer

import (
	"strings"

	"moongate/gateway/plugin"
)

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	var why []string
	if w := i.request; w != nil {
		kind := ""
		for k := range q.Headers {
			if strings.EqualFold(q.Headers[k].Name, "Content-Type") {
				kind = q.Headers[k].Value
			}
		}
		if format := w.format(kind); format != "" {
			why = append(why, "the request's body, "+format+", becomes "+w.Output)
		}
	}
	if w := i.response; w != nil {
		why = append(why, "answers become "+w.Output)
	}
	if why == nil {
		return plugin.Told{State: "lets pass", Why: "it is not for this request"}
	}
	return plugin.Told{State: "transforms", Why: strings.Join(why, ", ")}
}
