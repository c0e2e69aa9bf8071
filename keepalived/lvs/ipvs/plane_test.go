package ipvs

import (
	"errors"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"moongate/edge/sys/ipvs"
	"moongate/edge/sys/ipvstest"
	"moongate/keepalived/lvs"

	"golang.org/x/sys/unix"
)

func open(t *testing.T) (*Plane, *ipvstest.Kernel) {
	t.Helper()
	k := &ipvstest.Kernel{Refuse: map[uint8]unix.Errno{}}
	c, err := ipvs.New(k.Exchange)
	if err != nil {
		t.Fatal(err)
	}
	return with(c), k
}

func dest(port uint16, weight int) lvs.Dest {
	return lvs.Dest{Addr: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), port), Weight: weight}
}

func web(dests ...lvs.Dest) *lvs.Service {
	return &lvs.Service{Key: lvs.Key{Addr: netip.MustParseAddr("192.0.2.1"), Port: 80, Protocol: 6}, Scheduler: "wlc", Dests: dests}
}

func TestApply(t *testing.T) {
	p, k := open(t)
	step := func(want string, services ...*lvs.Service) {
		t.Helper()
		k.Log = nil
		if err := p.Apply(services); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(k.Log, ", "); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	// Somebody else's service.
	other := &ipvs.Service{Key: ipvs.Key{FwMark: 9}, Scheduler: "rr"}
	if err := p.client.NewService(other); err != nil {
		t.Fatal(err)
	}
	gue := dest(3, 1)
	gue.Forward = lvs.Forward{Method: lvs.TUN, Tunnel: "gue", Port: 6080, Sum: "csum"}
	dr := dest(4, 1)
	dr.Forward = lvs.Forward{Method: lvs.DR}
	mark := &lvs.Service{Key: lvs.Key{FwMark: 3, V6: true}, Scheduler: "mh", Flags: []string{"mh-port"}, Persistence: 300 * time.Second, Granularity: 64}
	step("new service, new dest 1, new dest 2, new dest 3, new dest 4, new service", web(dest(1, 1), dest(2, 2), gue, dr), mark)
	step("", web(dest(1, 1), dest(2, 2), gue, dr), mark) // the same is not touched
	step("set dest 2, new dest 5, del dest 1", web(dest(2, 0), gue, dr, dest(5, 1)), mark)
	changed := web(dest(2, 0), gue, dr, dest(5, 1))
	changed.Scheduler = "sh"
	changed.Flags, changed.Engine = []string{"sh-fallback"}, "sip"
	step("set service, del service", changed)
	step("", changed)
	// What somebody changed is put right.
	if err := p.client.DelDest(rawKey(changed.Key), &ipvs.Dest{Addr: gue.Addr}); err != nil {
		t.Fatal(err)
	}
	step("new dest 3", changed)
	if err := p.client.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := p.client.NewService(other); err != nil {
		t.Fatal(err)
	}
	step("new service, new dest 2, new dest 3, new dest 4, new dest 5", changed)
	step("del service")
	if all, _ := p.client.Services(); len(all) != 1 || all[0].FwMark != 9 {
		t.Errorf("%+v", all)
	}
	if err := p.Flush(); err != nil || len(k.Services) != 0 {
		t.Error(err)
	}
}

// A service that is there already, from a process before us, is taken over.
func TestTakeOver(t *testing.T) {
	first, k := open(t)
	if err := first.Apply([]*lvs.Service{web(dest(1, 1))}); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(true); err != nil || len(k.Services) != 1 {
		t.Fatal("closed with keep:", err)
	}
	c, err := ipvs.New(k.Exchange)
	if err != nil {
		t.Fatal(err)
	}
	k.Log = nil
	p := with(c)
	if err := p.Apply([]*lvs.Service{web(dest(1, 1))}); err != nil || k.Log != nil {
		t.Error(k.Log, err)
	}
	if err := p.Close(false); err != nil || len(k.Services) != 0 {
		t.Error("closed without keep:", err)
	}
}

func TestFault(t *testing.T) {
	p, k := open(t)
	k.Refuse[5] = unix.EPERM // new destinations
	err := p.Apply([]*lvs.Service{web(dest(1, 1)), {Key: lvs.Key{FwMark: 1}, Scheduler: "rr"}})
	if !errors.Is(err, syscall.EPERM) || !strings.Contains(err.Error(), "add destination 10.0.0.1:1 of service 192.0.2.1:80") {
		t.Error(err)
	}
	if len(k.Services) != 2 {
		t.Error("the other service was not made")
	}
	delete(k.Refuse, 5)
	if err := p.Apply([]*lvs.Service{web(dest(1, 1))}); err != nil || len(k.Services) != 1 || len(k.Services[0].Dests) != 1 {
		t.Error(err)
	}
}

func TestCounters(t *testing.T) {
	p, k := open(t)
	if err := p.Apply([]*lvs.Service{web(dest(1, 1), dest(2, 1))}); err != nil {
		t.Fatal(err)
	}
	k.Services[0].Stats = [5]uint64{7, 6, 5, 4, 3}
	all, err := p.Counters()
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	want := lvs.Counters{Connections: 7, PacketsIn: 6, PacketsOut: 5, BytesIn: 4, BytesOut: 3, Active: 3, Inactive: 4}
	if all[0].Dests[1].Counters != want || all[0].Dests[1].Addr.Port() != 2 || all[0].Active != 6 || all[0].BytesIn != 4 {
		t.Errorf("%+v", all)
	}
}

func TestSyncAndTimeouts(t *testing.T) {
	p, k := open(t)
	if err := p.SetTimeouts(lvs.Timeouts{}); err != nil || k.Log != nil {
		t.Error("nothing was to be set", k.Log, err)
	}
	if err := p.SetTimeouts(lvs.Timeouts{TCP: time.Minute}); err != nil || k.Timeouts[4] != 60 || k.Timeouts[5] != 120 {
		t.Error(k.Timeouts, err)
	}
	if err := p.StartSync(lvs.Sync{Master: true, Interface: "eth0", ID: 1}); err != nil || len(k.Daemons) != 1 {
		t.Error(err)
	}
	if err := p.StopSync(false); !errors.Is(err, syscall.ESRCH) {
		t.Error("stopped a backup that isn't there:", err)
	}
	if err := p.StopSync(true); err != nil || len(k.Daemons) != 0 {
		t.Error(err)
	}
	if err := p.SetTimeouts(lvs.Timeouts{TCP: time.Second}); err != nil || k.Timeouts[4] != 1 {
		t.Error(k.Timeouts, err)
	}
	if err := p.Close(false); err != nil || k.Timeouts[4] != 900 || k.Timeouts[5] != 120 {
		t.Error("other timeouts than at first:", k.Timeouts, err)
	}
}

func TestCannot(t *testing.T) {
	p, _ := open(t)
	six := lvs.Dest{Addr: netip.MustParseAddrPort("[2001:db8::1]:80")}
	if got := p.Cannot(web(six)); len(got) != 1 || got[0] != "NAT between IPv4 and IPv6" {
		t.Error(got)
	}
	six.Forward.Method = lvs.TUN
	if got := p.Cannot(web(six, dest(1, 1))); got != nil {
		t.Error(got)
	}
}
