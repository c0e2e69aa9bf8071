package socket

import (
	"errors"
	"net/netip"
	"strings"

	"moongate/edge/sys/host"
)

// maxUnixPath is the room in sockaddr_un, the final zero included.
const maxUnixPath = 108

// ParseListen reads the address of a listen directive (ngx_parse_url with
// listen set): "80", "*:80", "127.0.0.1", "[::1]:8080", "localhost:80",
// "unix:/path", each TCP form also with a range of ports, "8000-8010". Where no
// port is written, it is port. A name may have several addresses. The errors
// are nginx's, to be printed before `in "..." of the "listen" directive`.
func ParseListen(text string, port int) ([]Addr, error) {
	if len(text) >= 5 && strings.EqualFold(text[:5], "unix:") {
		switch path := text[5:]; {
		case path == "":
			return nil, errors.New("no path in the unix domain socket")
		case len(path) >= maxUnixPath:
			return nil, errors.New("too long path in the unix domain socket")
		default:
			return []Addr{Unix(path)}, nil
		}
	}
	if strings.HasPrefix(text, "[") {
		return parseInet6(text, port)
	}
	return parseInet(text, port)
}

func parseInet(text string, port int) ([]Addr, error) {
	if strings.ContainsAny(text, "/?") {
		return nil, errors.New("invalid host")
	}
	name, ports, found := strings.Cut(text, ":")
	first, last := port, port
	if found {
		var err error
		if first, last, err = parsePorts(ports); err != nil {
			return nil, err
		}
	} else if first, last, err := parsePorts(name); err == nil || numeric(name) {
		if err != nil {
			return nil, err
		}
		return spread([]netip.Addr{netip.IPv4Unspecified()}, first, last), nil
	}
	switch name {
	case "":
		return nil, errors.New("no host")
	case "*":
		return spread([]netip.Addr{netip.IPv4Unspecified()}, first, last), nil
	}
	if ip, ok := host.ParseIPv4(name); ok {
		return spread([]netip.Addr{ip}, first, last), nil
	}
	ips, err := host.Lookup(name)
	if err != nil {
		return nil, errors.New("host not found")
	}
	return spread(ips, first, last), nil
}

func parseInet6(text string, port int) ([]Addr, error) {
	name, rest, found := strings.Cut(text[1:], "]")
	if !found || strings.Contains(rest, "/") {
		return nil, errors.New("invalid host")
	}
	first, last := port, port
	if rest != "" {
		if rest[0] != ':' {
			return nil, errors.New("invalid host")
		}
		var err error
		if first, last, err = parsePorts(rest[1:]); err != nil {
			return nil, err
		}
	}
	if name == "" {
		return nil, errors.New("no host")
	}
	ip, err := netip.ParseAddr(name)
	if err != nil || !ip.Is6() || ip.Zone() != "" {
		return nil, errors.New("invalid IPv6 address")
	}
	return spread([]netip.Addr{ip}, first, last), nil
}

// parsePorts reads "80" or "8000-8010".
func parsePorts(s string) (first, last int, err error) {
	low, high, ranged := strings.Cut(s, "-")
	if ranged {
		if last = number(high); last < 1 || last > 65535 {
			return 0, 0, errors.New("invalid port")
		}
	}
	if first = number(low); first < 1 || first > 65535 {
		return 0, 0, errors.New("invalid port")
	}
	if !ranged {
		last = first
	}
	if first > last {
		return 0, 0, errors.New("invalid port range")
	}
	return first, last, nil
}

// numeric reports whether s is meant as a port or a range of ports, good or not.
func numeric(s string) bool {
	low, high, ranged := strings.Cut(s, "-")
	return number(low) >= 0 && (!ranged || number(high) >= 0)
}

// number is ngx_atoi: -1 for what is no number.
func number(s string) int {
	if s == "" {
		return -1
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || n > (1<<62)/10-1 {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func spread(ips []netip.Addr, first, last int) (addrs []Addr) {
	for _, ip := range ips {
		for p := first; p <= last; p++ {
			addrs = append(addrs, IP(netip.AddrPortFrom(ip, uint16(p))))
		}
	}
	return addrs
}
