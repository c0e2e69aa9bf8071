package firewall

import (
	"strconv"

	"github.com/corazawaf/coraza/v3/types"

	"moongate/gateway/plugin"
)

// Tell implements plugin.Tells: what would become of the request, as far as its line and its
// header tell.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	if i.Mode == "off" {
		return plugin.Told{State: "lets pass", Why: "it is off"}
	}
	a := ofQuestion(q)
	if v := i.simple(&a); v != nil {
		return i.would(v)
	}
	if i.bots != nil {
		why, claims := i.bots.judge(&a)
		if why != "" {
			return i.would(botVerdict(why))
		}
		if claims != nil {
			return plugin.Told{State: "lets pass", Why: "if the DNS says that the address is one of " + claims.says}
		}
	}
	if !i.needsEngine() {
		return plugin.Told{State: "lets pass", Why: "no rule fits"}
	}
	e := shelved.take(i.program())
	defer shelved.giveLater(e)
	if err := e.make(); err != nil {
		return plugin.Told{Status: 500, State: "broken", Why: err.Error()}
	}
	n := &inspection{tx: e.waf.NewTransactionWithID("explain")}
	defer n.tx.Close()
	uri := q.Path
	if q.Query != "" {
		uri += "?" + q.Query
	}
	head(n.tx, &a, uri, "HTTP/1.1", q.Host, 0, 0)
	it := n.judge(n.tx.ProcessRequestHeaders)
	if it == nil || i.detects() {
		it = n.judge(func() *types.Interruption {
			it, err := n.tx.ProcessRequestBody()
			return orFailed(nil, it, err)
		})
	}
	v := n.verdictOf(it, 0)
	if v.action == "pass" && v.rule == "" {
		return plugin.Told{State: "lets pass", Why: "no rule fits"}
	}
	return i.would(v)
}

// would puts a verdict in words.
func (i *instance) would(v *verdict) plugin.Told {
	t := plugin.Told{State: "lets pass", Why: v.rule + ": " + v.why}
	if v.score > 0 {
		t.Why += ", score " + strconv.Itoa(v.score) + " of " + strconv.Itoa(i.Inbound)
	}
	switch {
	case v.action == "pass" || v.action == "allow":
	case i.detects():
		t.State = "would refuse"
	case v.action == "drop":
		t.State, t.Status = "refuses", 444
	default:
		t.State, t.Status = "refuses", i.statusOf(v)
	}
	return t
}
