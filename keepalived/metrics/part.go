package metrics

import (
	"encoding/json"

	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// Part is what one process has to show.
type Part struct {
	Role role.Name
	Text string          // for /metrics
	JSON json.RawMessage // for /status, under the role's name
}

// Of is the part of a process of a role.
func Of(name role.Name, s *status.Status) Part {
	var t text
	var shown any
	switch name {
	case role.VRRP:
		vrrpText(&t, s)
		shown = vrrpJSON(s)
	case role.Checker:
		serversText(&t, s)
		shown = serversJSON(s)
	case role.BFD:
		bfdText(&t, s)
		shown = bfdJSON(s)
	}
	b, err := json.Marshal(shown)
	if err != nil { // only numbers that JSON has not, and there are none
		b = []byte("null")
	}
	return Part{name, t.String(), b}
}
