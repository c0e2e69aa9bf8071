package ipvs_test

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"moongate/edge/sys/ipvs"
	"moongate/edge/sys/ipvstest"
)

func client(t *testing.T, k *ipvstest.Kernel) *ipvs.Client {
	t.Helper()
	c, err := ipvs.New(k.Exchange)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func web() *ipvs.Service {
	return &ipvs.Service{Key: ipvs.Key{Addr: netip.MustParseAddr("192.0.2.1"), Port: 80, Protocol: 6}, Scheduler: "wlc",
		Flags: ipvs.Persistent | ipvs.Flag2, Timeout: 360 * time.Second, Bits: 24}
}

func host(s string) ipvs.Dest { return ipvs.Dest{Addr: netip.MustParseAddrPort(s), Weight: 3} }

// The bytes of requests, put together by hand from linux/ip_vs.h and
// linux/genetlink.h, on a little-endian machine.
func TestVectors(t *testing.T) {
	var sent []byte
	k := &ipvstest.Kernel{}
	c, err := ipvs.New(func(request []byte) ([]byte, error) {
		sent = append([]byte(nil), request...)
		return k.Exchange(request)
	})
	if err != nil {
		t.Fatal(err)
	}
	// nlmsghdr; genlmsghdr cmd 3 (GETFAMILY) version 1; attribute 2, "IPVS"
	find := "20000000" + "1000" + "0500" + "01000000" + "00000000" + "03010000" + "09000200" + "4950565300" + "000000"
	key := "06000100" + "0200" + "0000" + "06000200" + "0600" + "0000" + "14000300" + "c0000201" + strings.Repeat("00", 12) + "06000400" + "0050" + "0000"
	six := "06000100" + "0a00" + "0000" + "06000200" + "1100" + "0000" + "14000300" + "20010db8000000000000000000000001" + "06000400" + "0035" + "0000"
	for _, v := range []struct {
		name string
		do   func() error
		want string
	}{
		{"find", func() error { return nil }, find},
		{"new service", func() error { return c.NewService(web()) },
			"68000000" + "2100" + "0500" + "02000000" + "00000000" + "01010000" + "54000180" + key +
				"08000600" + "776c6300" + "0c000700" + "11000000" + "ffffffff" + "08000800" + "68010000" + "08000900" + "ffffff00"},
		{"new service of IPv6", func() error {
			return c.NewService(&ipvs.Service{Key: ipvs.Key{Addr: netip.MustParseAddr("2001:db8::1"), Port: 53, Protocol: 17}, Scheduler: "rr"})
		},
			"68000000" + "2100" + "0500" + "03000000" + "00000000" + "01010000" + "54000180" + six +
				"07000600" + "727200" + "00" + "0c000700" + "00000000" + "ffffffff" + "08000800" + "00000000" + "08000900" + "80000000"},
		{"new destination in a GUE tunnel", func() error {
			d := host("10.0.0.1:8080")
			d.Method, d.Upper, d.Lower, d.Tunnel, d.TunnelPort, d.TunnelFlags = ipvs.TUN, 9, 8, ipvs.GUE, 6080, ipvs.Sum
			return c.NewDest(web().Key, &d)
		},
			"a4000000" + "2100" + "0500" + "04000000" + "00000000" + "05010000" + "30000180" + key +
				"60000280" + "06000b00" + "0200" + "0000" + "14000100" + "0a000001" + strings.Repeat("00", 12) + "06000200" + "1f90" + "0000" +
				"08000300" + "02000000" + "08000400" + "03000000" + "08000500" + "09000000" + "08000600" + "08000000" +
				"05000d00" + "01000000" + "06000e00" + "17c0" + "0000" + "06000f00" + "0100" + "0000"},
		{"new sync daemon", func() error {
			return c.NewDaemon(&ipvs.Daemon{State: ipvs.Master, Interface: "eth0", ID: 7, MaxLen: 1400, Group: netip.MustParseAddr("224.0.0.81"), Port: 8848, TTL: 2})
		},
			"54000000" + "2100" + "0500" + "05000000" + "00000000" + "09010000" + "40000380" + "08000100" + "01000000" +
				"09000200" + "65746830" + "00000000" + "08000300" + "07000000" + "06000400" + "7805" + "0000" + "08000500" + "e0000051" +
				"06000700" + "9022" + "0000" + "05000800" + "02000000"},
		{"set timeouts", func() error { return c.SetConfig(ipvs.Config{TCP: 60 * time.Second, UDP: 1500 * time.Millisecond}) },
			"24000000" + "2100" + "0500" + "06000000" + "00000000" + "0c010000" + "08000400" + "3c000000" + "08000600" + "02000000"},
	} {
		if err := v.do(); err != nil {
			t.Errorf("%s: %v", v.name, err)
		}
		if got := hex.EncodeToString(sent); got != v.want {
			t.Errorf("%s:\n got %s\nwant %s", v.name, got, v.want)
		}
	}
}

func TestServices(t *testing.T) {
	k := &ipvstest.Kernel{}
	c := client(t, k)
	mark := &ipvs.Service{Key: ipvs.Key{FwMark: 5, V6: true}, Scheduler: "mh", Flags: ipvs.OnePacket, Bits: 128}
	s := web()
	s.Engine = "sip"
	if err := errors.Join(c.NewService(s), c.NewService(mark)); err != nil {
		t.Fatal(err)
	}
	for _, one := range k.Services {
		one.Stats = [5]uint64{1 << 40, 2, 3, 1 << 50, 5}
	}
	want := ipvs.Stats{Conns: 1 << 40, In: 2, Out: 3, BytesIn: 1 << 50, BytesOut: 5}
	s.Stats, mark.Stats = want, want
	all, err := c.Services()
	if err != nil || !reflect.DeepEqual(all, []ipvs.Service{*mark, *s}) {
		t.Errorf("%+v %v", all, err)
	}
	d, e := host("10.0.0.1:80"), host("[2001:db8::2]:81")
	e.Method = ipvs.DR
	if err := errors.Join(c.NewDest(s.Key, &d), c.NewDest(s.Key, &e)); err != nil {
		t.Fatal(err)
	}
	d.Weight, d.Upper = 0, 7
	if err := c.SetDest(s.Key, &d); err != nil {
		t.Fatal(err)
	}
	for _, one := range []*ipvs.Dest{&d, &e} {
		one.Active, one.Inactive, one.Persistent, one.Stats = 3, 4, 5, want
	}
	dests, err := c.Dests(s.Key)
	if err != nil || !reflect.DeepEqual(dests, []ipvs.Dest{e, d}) {
		t.Errorf("%+v %v", dests, err)
	}
	if err := errors.Join(c.DelDest(s.Key, &d), c.DelService(mark.Key), c.Zero()); err != nil {
		t.Fatal(err)
	}
	s.Scheduler = "rr"
	if err := c.SetService(s); err != nil {
		t.Fatal(err)
	}
	if all, _ := c.Services(); len(all) != 1 || all[0].Scheduler != "rr" {
		t.Errorf("%+v", all)
	}
	if err := c.Flush(); err != nil || len(k.Services) != 0 {
		t.Error(err)
	}
}

func TestRest(t *testing.T) {
	k := &ipvstest.Kernel{}
	c := client(t, k)
	if err := c.SetConfig(ipvs.Config{TCPFin: 30 * time.Second}); err != nil {
		t.Fatal(err)
	}
	if g, err := c.Config(); err != nil || g != (ipvs.Config{TCP: 900 * time.Second, TCPFin: 30 * time.Second, UDP: 300 * time.Second}) {
		t.Error(g, err)
	}
	if i, err := c.Info(); err != nil || i != (ipvs.Info{Major: 1, Minor: 2, Patch: 1, TableSize: 4096}) {
		t.Error(i, err)
	}
	d := ipvs.Daemon{State: ipvs.Backup, Interface: "eth1", ID: 255, Group: netip.MustParseAddr("ff02::1:1"), Port: 9000}
	if err := c.NewDaemon(&d); err != nil {
		t.Fatal(err)
	}
	if all, err := c.Daemons(); err != nil || !reflect.DeepEqual(all, []ipvs.Daemon{d}) {
		t.Errorf("%+v %v", all, err)
	}
	if err := c.DelDaemon(ipvs.Backup); err != nil || len(k.Daemons) != 0 {
		t.Error(err)
	}
}

func TestFaults(t *testing.T) {
	missing := (*ipvs.Missing)(nil)
	if _, err := ipvs.New((&ipvstest.Kernel{Absent: true}).Exchange); !errors.As(err, &missing) {
		t.Error(err)
	}
	c := client(t, &ipvstest.Kernel{})
	d := host("10.0.0.1:80")
	err := c.DelDest(web().Key, &d)
	var f *ipvs.Fault
	if !errors.As(err, &f) || f.Errno != syscall.ESRCH || err.Error() != "delete destination 10.0.0.1:80 of service 192.0.2.1:80: no such process" {
		t.Error(err)
	}
	for name, answer := range map[string][]byte{"nothing": {}, "half a message": {9, 0, 0, 0, 1}, "a message without end": {0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}} {
		if _, err := ipvs.New(func([]byte) ([]byte, error) { return answer, nil }); err == nil {
			t.Errorf("%s was an answer", name)
		}
	}
}

// The kernel of this machine says what it has.
func TestDial(t *testing.T) {
	c, err := ipvs.Dial()
	if missing := (*ipvs.Missing)(nil); errors.As(err, &missing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if i, err := c.Info(); err != nil || i.Major == 0 {
		t.Error(i, err)
	}
}
