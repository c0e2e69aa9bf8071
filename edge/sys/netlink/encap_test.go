package netlink

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestEncap(t *testing.T) {
	s, c, index := inside(t)
	for want, r := range map[string]Route{
		"10.5.0.0/16  encap ip id 42 src 10.0.0.1 dst 10.0.0.2 ttl 7 tos 16 dev eth0": {Dst: prefix("10.5.0.0/16"), Scope: ScopeLink,
			Hops: []Hop{{Index: index, Encap: EncapIP(Tunnel{ID: 42, Dst: ip("10.0.0.2"), Src: ip("10.0.0.1"), TTL: 7, TOS: 16})}}},
		"10.6.0.0/16  encap ip6 id 42 src :: dst fd00::2 hoplimit 7 tc 3 dev eth0": {Dst: prefix("10.6.0.0/16"), Scope: ScopeLink,
			Hops: []Hop{{Index: index, Encap: EncapIP(Tunnel{IPv6: true, ID: 42, Dst: ip("fd00::2"), TTL: 7, TOS: 3})}}},
	} {
		err := c.AddRoute(r)
		if f := (*Fault)(nil); errors.As(err, &f) && f.Errno == unix.EOPNOTSUPP {
			t.Skip("this kernel has no lightweight tunnels")
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Run("ip route"); !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
		if has, err := c.HasRoute(r); !has || err != nil {
			t.Errorf("%v is there: %v %v", r.Dst, has, err)
		}
		if err := c.DeleteRoute(r); err != nil {
			t.Error(err)
		}
	}
}

// What few kernels have, by what RFC 3032 and linux/ila.h say of its bytes.
func TestEncapBytes(t *testing.T) {
	for want, e := range map[string]Encap{
		"0c000100" + "00064000" + "000c8100": EncapMPLS([]uint32{100, 200}),
		"0c000100" + "00010002000300ff":      EncapILA([4]uint16{1, 2, 3, 0xff}),
	} {
		if got := hex.EncodeToString([]byte(e.Attrs)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
