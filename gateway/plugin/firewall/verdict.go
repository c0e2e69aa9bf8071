package firewall

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/corazawaf/coraza/v3/types"

	"moongate/core/errlog"
	"moongate/gateway/plugin"
)

// verdict is what is done with a request, and why.
type verdict struct {
	action   string // allow, deny, redirect or drop; detect in place of the last three
	group    string // of rules, for metrics
	rule     string // what has decided
	why      string
	status   int
	location string // of a redirect
	score    int
	matches  []match
}

// match is a rule that has fitted.
type match struct {
	ID       int      `json:"id"`
	Message  string   `json:"message"`
	Severity string   `json:"severity,omitempty"`
	Data     string   `json:"data,omitempty"`
	At       string   `json:"at,omitempty"`
	Tags     []string `json:"tags,omitempty"`
}

// longestData is how much of what has matched is told.
const longestData = 200

// short is a copy of a text that outlives the request, cut at a rune.
func short(s string, most int) string {
	if len(s) > most {
		for most > 0 && !utf8.RuneStart(s[most]) {
			most--
		}
		s = s[:most]
	}
	return strings.ToValidUTF8(strings.Clone(s), "�")
}

// secret are headers that are not for logs.
var secret = map[string]bool{"authorization": true, "proxy-authorization": true, "cookie": true, "set-cookie": true}

func newMatch(m types.MatchedRule) match {
	out := match{ID: m.Rule().ID(), Message: short(m.Message(), longestData), Data: short(m.Data(), longestData), Tags: m.Rule().Tags()}
	if s := m.Rule().Severity(); s != types.RuleSeverityUnset {
		out.Severity = s.String()
	}
	if list := m.MatchedDatas(); len(list) > 0 {
		d := list[0]
		out.At = d.Variable().Name()
		if d.Key() != "" {
			out.At += ":" + short(d.Key(), longestData)
		}
		if secret[strings.ToLower(d.Key())] || strings.HasPrefix(out.At, "REQUEST_COOKIES") {
			out.Data = "REDACTED"
		}
	}
	return out
}

// told tells whether a matched rule is of interest: those that only count don't log.
func told(m types.MatchedRule) bool {
	l, ok := m.(interface{ Log() bool })
	return !ok || l.Log()
}

// sums tells whether a rule judges by what others have found.
func sums(id int) bool { return id/1000 == 949 || id/1000 == 959 || id/1000 == 980 }

// verdictOf is what Coraza has decided; it is nil where no rule has anything to say.
func (n *inspection) verdictOf(it *types.Interruption, most int) *verdict {
	v := &verdict{action: "pass"}
	worst := types.RuleSeverityDebug + 1
	for _, m := range n.tx.MatchedRules() {
		if !told(m) {
			continue
		}
		if s := m.Rule().Severity(); !sums(m.Rule().ID()) && (v.rule == "" || s != types.RuleSeverityUnset && s < worst) {
			v.rule, v.why, v.group = strconv.Itoa(m.Rule().ID()), short(m.Message(), longestData), groupOf(m.Rule().ID())
			if s != types.RuleSeverityUnset {
				worst = s
			}
		}
		if len(v.matches) < most {
			v.matches = append(v.matches, newMatch(m))
		}
	}
	vars := n.variables().TX()
	for _, name := range []string{"blocking_inbound_anomaly_score", "blocking_outbound_anomaly_score"} {
		if list := vars.Get(name); len(list) > 0 {
			k, _ := strconv.Atoi(list[0])
			v.score += k
		}
	}
	if it == nil {
		return v
	}
	v.action, v.status, v.location = it.Action, it.Status, strings.Clone(it.Data)
	if it.RuleID != 0 && !sums(it.RuleID) || v.rule == "" {
		v.rule, v.group = strconv.Itoa(it.RuleID), groupOf(it.RuleID)
		for _, m := range n.tx.MatchedRules() {
			if m.Rule().ID() == it.RuleID {
				v.why = short(m.Message(), longestData)
			}
		}
	}
	return v
}

// concluded does what Coraza has decided.
func (i *instance) concluded(x *plugin.Context, n *inspection, it *types.Interruption) plugin.Result {
	i.took(n.spent)
	n.spent = 0
	return i.decide(x, n.verdictOf(it, i.Most))
}

// tooLong is the verdict on bodies that are longer than what is inspected.
func (i *instance) tooLong() *verdict {
	return &verdict{action: "deny", group: "body", rule: "request_body_limit", why: "the body is longer than " + strconv.FormatInt(i.RequestLimit, 10) + " bytes", status: 413}
}

// decide tells of a verdict, and does it if it is to be done.
func (i *instance) decide(x *plugin.Context, v *verdict) plugin.Result {
	acts := v.action != "pass" && v.action != "allow"
	if acts && i.detects() {
		v.action = "detect"
	}
	i.count(v)
	if v.rule == "" {
		return plugin.Next
	}
	x.LogValue("firewall", v.record())
	if !acts {
		return plugin.Next
	}
	x.R.Logf(errlog.Warn, "gateway: firewall: %s by %s (%s)%s", map[bool]string{true: "would be refused", false: "refused"}[i.detects()], v.rule, v.why, scored(v.score))
	if i.detects() {
		return plugin.Next
	}
	return i.refuse(x, v)
}

// record is what log plugins are told.
func (v *verdict) record() map[string]any {
	out := map[string]any{"action": v.action, "group": v.group, "rule": v.rule, "reason": v.why}
	if v.matches != nil {
		out["matches"] = v.matches
	}
	if v.score > 0 {
		out["score"] = v.score
	}
	return out
}

func scored(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", score %d", n)
}

// refuse answers in the service's place.
func (i *instance) refuse(x *plugin.Context, v *verdict) plugin.Result {
	r := x.R
	switch v.action {
	case "drop":
		return 444
	case "redirect":
		r.Out.Location = v.location
		return x.AnswerWith(cmp.Or(v.status, 302), "text/plain; charset=utf-8", "redirecting")
	}
	status := i.statusOf(v)
	if i.Body != "" {
		return x.AnswerWith(status, cmp.Or(i.Type, "application/json; charset=utf-8"), i.Body)
	}
	message := i.Message
	if message == "" {
		message = standard[status]
	}
	return x.Answer(status, cmp.Or(message, "Forbidden"))
}

func (i *instance) statusOf(v *verdict) int {
	if v.group == "body" || v.group == "rules" && v.status != 0 {
		return v.status
	}
	status := cmp.Or(i.Status, v.status, 403)
	if status < 200 || status > 599 {
		return 403 // no other one can be sent
	}
	return status
}

var standard = map[int]string{400: "Bad request", 403: "Forbidden", 404: "Not found", 413: "Request body too large", 500: "An unexpected error occurred"}
