package checker

import (
	"fmt"
	"path/filepath"
	"testing"

	"moongate/keepalived/config"
	"moongate/keepalived/snmp"
)

// The process tells how things stand and takes weights, beside its work. That there is
// no snmpd does not matter to it.
func TestSNMP(t *testing.T) {
	a, b := newDoor(t), newDoor(t)
	socket := "unix:" + filepath.Join(t.TempDir(), "none")
	with := func(c *config.Config) *config.Config {
		c.Global.SNMP = config.SNMP{Checker: true, Traps: true, Socket: socket}
		return c
	}
	r := newRig(t, with(serving(real(a.addr), real(b.addr))))
	r.start()
	pa, pb := a.addr.Port(), b.addr.Port()
	r.plane(fmt.Sprintf("10.9.0.1 %d=1 %d=1", pa, pb))
	r.said("Starting SNMP")
	var s *snmp.Snapshot
	r.p.ask(func(got *snmp.Snapshot) { s = got })
	r.ask() // when this has been answered, so has the other
	if s == nil || len(s.Status.Servers) != 1 || s.Status.Servers[0].Reals[0].Connections != 5 {
		t.Fatalf("%+v", s)
	}
	v := s.Status.Servers[0]
	s.SetWeight(v.Config, v.Reals[1].Config, 7)
	r.plane(fmt.Sprintf("10.9.0.1 %d=1 %d=7", pa, pb))
	a.close()
	r.plane(fmt.Sprintf("10.9.0.1 %d=7", pb))
	up, all := alive(v.Config, r.p.standing)
	if up != 1 || all != 2 {
		t.Errorf("%d of %d are alive", up, all)
	}

	// What a reload has replaced is not touched, and without SNMP there is nobody.
	r.reload(serving(real(a.addr), real(b.addr)))
	s.SetWeight(v.Config, v.Reals[1].Config, 9)
	r.plane(fmt.Sprintf("10.9.0.1 %d=1", pb))
	r.stop()
	if r.p.snmpd != nil {
		t.Error("the link is still there")
	}
}
