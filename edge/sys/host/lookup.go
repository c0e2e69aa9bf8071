package host

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// Lookup asks as getaddrinfo does: for numbers in the forms of inet_aton, in
// /etc/hosts, then the servers of resolv.conf. Families of which the machine has
// no address but loopback's are left out (AI_ADDRCONFIG): else "localhost" would
// name a [::1] nobody listens on.
func Lookup(name string) ([]netip.Addr, error) {
	if a, ok := parseAton(name); ok {
		return []netip.Addr{a}, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", name)
	if err != nil {
		return nil, err
	}
	v4, v6 := families()
	var out []netip.Addr
	for _, a := range list {
		if a = a.Unmap(); v4 == v6 || a.Is4() == v4 {
			out = append(out, a)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no address of a family in use")
	}
	return out, nil
}

func families() (v4, v6 bool) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return true, true
	}
	for _, a := range addrs {
		n, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		if n.IP.To4() != nil {
			v4 = v4 || !n.IP.Equal(net.IPv4(127, 0, 0, 1))
		} else {
			v6 = v6 || !n.IP.IsLoopback()
		}
	}
	return v4, v6
}
