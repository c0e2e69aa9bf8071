package resolver

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"moongate/edge/sys/host"
)

// URL is an address as directives write it: host:port, [v6]:port,
// unix:/path, for listen also a port alone, * and port ranges
// (ngx_parse_url).
type URL struct {
	Text     string // as written
	Host     string // "a.example", "[::1]", the path of a unix socket
	PortText string // "80", "8080-8090", "" when not written
	URI      string // with URIPart: what follows the host
	Port     uint16
	LastPort uint16 // of a range; 0 when there is none
	NoPort   bool   // Port is the default
	Wildcard bool   // listen on any address
	Unix     bool
	Addrs    []Address // empty with NoResolve and a name
}

// Address is one place to connect to or listen on.
type Address struct {
	IP   netip.AddrPort
	Path string // of a unix socket; IP is not valid then
	Name string // for logs: "192.0.2.1:80", "unix:/path"
}

// URLOptions say what the directive allows.
type URLOptions struct {
	DefaultPort uint16
	Listen      bool // port alone, *, ranges
	URIPart     bool // host:port/uri
	NoResolve   bool // leave names alone
}

// ParseURL reads text; the error is nginx's reason, to be printed as
// REASON in DIRECTIVE "text": invalid port in upstream "x:0".
func ParseURL(text string, o URLOptions) (*URL, error) {
	u := &URL{Text: text}
	switch {
	case len(text) >= 5 && strings.EqualFold(text[:5], "unix:"):
		return u, u.unix(o)
	case strings.HasPrefix(text, "["):
		return u, u.inet6(o)
	}
	return u, u.inet(o)
}

func (u *URL) unix(o URLOptions) error {
	path := u.Text[5:]
	if o.URIPart {
		path, u.URI, _ = strings.Cut(path, ":")
	}
	if path == "" {
		return errors.New("no path in the unix domain socket")
	}
	if len(path) >= 108 { // sizeof(sun_path)
		return errors.New("too long path in the unix domain socket")
	}
	u.Host, u.Unix = path, true
	u.Addrs = []Address{{Path: path, Name: u.Text[:5] + path}}
	return nil
}

func (u *URL) inet(o URLOptions) error {
	rest := u.Text
	uri := strings.IndexAny(rest, "/?")
	if uri >= 0 {
		if o.Listen || !o.URIPart {
			return errors.New("invalid host")
		}
		rest, u.URI = rest[:uri], rest[uri:]
	}
	name, port, hasPort := strings.Cut(rest, ":")
	switch {
	case hasPort:
		if err := u.setPort(port, o); err != nil {
			return err
		}
	case uri < 0 && o.Listen && portOnly(rest):
		if err := u.setPort(rest, o); err != nil {
			return err
		}
		u.Wildcard = true
		u.add(netip.IPv4Unspecified())
		return nil
	default:
		u.NoPort, u.Port = true, o.DefaultPort
	}
	if name == "" {
		return errors.New("no host")
	}
	u.Host = name
	if o.Listen && name == "*" {
		u.Wildcard = true
		u.add(netip.IPv4Unspecified())
		return nil
	}
	if a, ok := host.ParseIPv4(name); ok {
		u.Wildcard = a.IsUnspecified()
		u.add(a)
		return nil
	}
	if o.NoResolve {
		return nil
	}
	list, err := host.Lookup(name)
	if err != nil {
		return errors.New("host not found")
	}
	for _, a := range list {
		u.add(a)
	}
	u.Wildcard = list[0].IsUnspecified()
	return nil
}

func (u *URL) inet6(o URLOptions) error {
	name, rest, ok := strings.Cut(u.Text[1:], "]")
	if !ok {
		return errors.New("invalid host")
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		if o.Listen || !o.URIPart {
			return errors.New("invalid host")
		}
		rest, u.URI = rest[:i], rest[i:]
	}
	switch {
	case rest == "":
		u.NoPort, u.Port = true, o.DefaultPort
	case rest[0] != ':':
		return errors.New("invalid host")
	default:
		if err := u.setPort(rest[1:], o); err != nil {
			return err
		}
	}
	if name == "" {
		return errors.New("no host")
	}
	a, err := netip.ParseAddr(name)
	if err != nil || !a.Is6() || a.Zone() != "" {
		return errors.New("invalid IPv6 address")
	}
	u.Host, u.Wildcard = "["+name+"]", a.IsUnspecified()
	u.add(a)
	return nil
}

// setPort reads "80", and "80-90" where listen allows it.
func (u *URL) setPort(text string, o URLOptions) error {
	first, last, ranged := text, "", false
	if o.Listen {
		first, last, ranged = strings.Cut(text, "-")
	}
	var ok bool
	if ranged {
		if u.LastPort, ok = parsePort(last); !ok {
			return errors.New("invalid port")
		}
	}
	if u.Port, ok = parsePort(first); !ok {
		return errors.New("invalid port")
	}
	if ranged && u.Port > u.LastPort {
		return errors.New("invalid port range")
	}
	u.PortText = text
	return nil
}

func parsePort(s string) (uint16, bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseUint(s, 10, 16)
	return uint16(n), err == nil && n > 0
}

// portOnly: digits, or digits - digits.
func portOnly(s string) bool {
	a, b, ranged := strings.Cut(s, "-")
	digits := func(s string) bool {
		return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
	}
	return digits(a) && (!ranged || digits(b))
}

// add appends the address for every port of the range.
func (u *URL) add(a netip.Addr) {
	last := max(u.LastPort, u.Port)
	for p := int(u.Port); p <= int(last); p++ {
		ip := netip.AddrPortFrom(a, uint16(p))
		u.Addrs = append(u.Addrs, Address{IP: ip, Name: ip.String()})
	}
}
