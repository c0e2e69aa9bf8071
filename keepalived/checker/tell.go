package checker

import (
	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/notify"
	"moongate/keepalived/role"
	"moongate/keepalived/snmp"
)

// notifier is what of notify.Notifier is used.
type notifier interface {
	Server(notify.Server)
	Mail(notify.Server)
	Reload(*config.Global)
	Close()
}

// teller passes on what happens to servers.
type teller struct {
	log    role.Logf
	notify notifier
	global *config.Global

	snmpd    *snmp.Link // nil: there are no traps
	standing func(*config.Checker) lvs.Standing
}

// Log implements lvs.Teller.
func (t *teller) Log(line string) { t.log(role.Info, "%s", line) }

// Real implements lvs.Teller.
func (t *teller) Real(v *config.Server, r *config.RealServer, up, changed bool, mail string) {
	s := notify.Server{Service: lvs.Name(v), Real: lvs.RealName(v, r), Up: up, Mail: r.Mail, Text: mail}
	if t.snmpd != nil && changed {
		n, all := alive(v, t.standing)
		t.snmpd.Real(t.global, v, r, up, n, all)
	}
	switch {
	case changed:
		if s.Script = &r.NotifyDown; up {
			s.Script = &r.NotifyUp
		}
		t.notify.Server(s)
	case r.Mail && !t.global.Mail.NoCheckers:
		t.notify.Mail(s)
	}
}

// Quorum implements lvs.Teller.
func (t *teller) Quorum(v *config.Server, up bool, mail string) {
	s := notify.Server{Service: lvs.Name(v), Up: up, Script: &v.QuorumDown, Mail: v.Mail, Text: mail}
	if up {
		s.Script = &v.QuorumUp
	}
	if t.snmpd != nil {
		n, all := alive(v, t.standing)
		t.snmpd.Quorum(t.global, v, up, n, all)
	}
	t.notify.Server(s)
}
