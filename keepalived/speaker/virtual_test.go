package speaker

import (
	"testing"
	"time"

	"moongate/core/cycle"
	"moongate/edge/sys/file"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// shows waits until the board shows the instance so.
func shows(t *testing.T, b *cycle.Board, want string) {
	t.Helper()
	var v cycle.Virtual
	for limit := time.Now().Add(10 * time.Second); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		if list := b.Virtuals(); len(list) == 1 {
			if v = list[0]; v.State == want {
				return
			}
		}
	}
	t.Fatalf("it is never %s: %+v", want, v)
}

// An address is drained from outside: clients are asked to come anew while it is here
// still, then it goes, and it comes back when it may.
func TestDrained(t *testing.T) {
	a, other := wire(t)
	b, err := cycle.NewBoard()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close(b.Descriptor()) })
	cfg := with(instance(150, "10.9.0.100/24"))
	cfg.Gateways = []*config.Gateway{{Drain: 300 * time.Millisecond}}
	n := newNode(t, a)
	n.start(&role.Session{Config: cfg, Board: b})
	n.await("(VI_1) Entering MASTER STATE")
	second := start(t, other, with(instance(100, "10.9.0.100/24")))
	second.await("(VI_1) Entering BACKUP STATE")
	shows(t, b, "MASTER")
	v := b.Virtuals()[0]
	if v.Instance != "VI_1" || v.Interface != "eth0" || len(v.Addresses) != 1 || v.Addresses[0] != "10.9.0.100/24" || v.Priority != 150 || v.Effective != 150 || v.Since == 0 || v.Drained {
		t.Errorf("%+v", v)
	}
	if !b.SetDrain("VI_1", true) {
		t.Fatal("there is nothing to drain")
	}
	n.await("(VI_1) is drained: clients are asked to come anew for 0.3s")
	shows(t, b, "DRAINING")
	n.holds("eth0", "10.9.0.100", true)
	if !b.Leaving() {
		t.Error("clients are not asked")
	}
	n.await("(VI_1) Entering FAULT STATE")
	second.await("(VI_1) Entering MASTER STATE")
	n.holds("eth0", "10.9.0.100", false)
	shows(t, b, "FAULT")
	if v := b.Virtuals()[0]; !v.Drained || v.Reason != "VI_1 is drained by an operator" || b.Leaving() {
		t.Errorf("%+v, leaving %v", v, b.Leaving())
	}
	if f := n.ask().Instances[0].Tracked; len(f) != 2 || f[0].Kind != "drained" || !f[0].Fault {
		t.Errorf("%+v", f)
	}
	// A reload changes nothing about it.
	again := with(instance(150, "10.9.0.100/24"))
	n.events <- role.Event{Kind: role.Reload, Config: again}
	n.await("ready")
	shows(t, b, "FAULT")
	b.SetDrain("VI_1", false)
	n.await("(VI_1) is drained no more")
	n.await("(VI_1) Entering MASTER STATE")
	second.await("(VI_1) Entering BACKUP STATE")
	shows(t, b, "MASTER")
	n.stop()
	if list := b.Virtuals(); list != nil {
		t.Errorf("shown after the end: %+v", list)
	}
}
