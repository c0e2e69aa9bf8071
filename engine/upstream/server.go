package upstream

import (
	"strings"
	"time"

	"moongate/core/config/directive"
	"moongate/engine/resolver"
)

// Server is a server line of upstream{}; its name may stand for several addresses.
type Server struct {
	Name        string // as written
	Addrs       []resolver.Address
	Weight      int
	MaxConns    int
	MaxFails    int
	FailTimeout time.Duration
	Down        bool
	Drain       bool   // only requests that ask for it
	Route       string // its SID, for sticky
	Backup      bool
	Host        string // with "resolve": the name to look up
	Service     string
	Port        uint16
	HostHeader  string // what Host says to it, without its port; "" leaves that to others

	implicit bool // of a group made by a URL: failures are not counted
}

// ReadServer reads the arguments of server (ngx_http_upstream_server). DefaultPort
// is the protocol's.
func (g *Group) ReadServer(args []string, defaultPort uint16) error {
	s := Server{Weight: 1, MaxFails: 1, FailTimeout: 10 * time.Second}
	resolve := false
	for _, a := range args[1:] {
		ok, known, needs := true, true, Accepts(0)
		key, value, _ := strings.Cut(a, "=")
		switch {
		case strings.HasPrefix(a, "weight="):
			s.Weight, ok = directive.ParseInt(value)
			ok = ok && s.Weight != 0
			needs = AcceptWeight
		case strings.HasPrefix(a, "max_conns="):
			s.MaxConns, ok = directive.ParseInt(value)
			needs = AcceptMaxConns
		case strings.HasPrefix(a, "max_fails="):
			s.MaxFails, ok = directive.ParseInt(value)
			needs = AcceptMaxFails
		case strings.HasPrefix(a, "fail_timeout="):
			s.FailTimeout, ok = directive.ParseSec(value)
			needs = AcceptFailTimeout
		case a == "backup":
			s.Backup, needs = true, AcceptBackup
		case a == "down":
			s.Down, s.Drain, needs = true, false, AcceptDown
		case a == "drain":
			s.Drain, needs = true, AcceptDown
		case strings.HasPrefix(a, "route="):
			if s.Route = value; value == "" {
				return directive.Errorf("route is empty")
			}
			if len(value) > maxSID {
				return directive.Errorf("route is longer than %d", maxSID)
			}
		case a == "resolve":
			resolve = true
		case key == "service" && strings.HasPrefix(a, "service="):
			if s.Service = value; value == "" {
				return directive.Errorf("service is empty")
			}
		default:
			known = false
		}
		if needs != 0 && g.Accepts&needs == 0 {
			return directive.Errorf("balancing method does not support parameter \"%s\"", a)
		}
		if !known || !ok {
			return directive.Errorf("invalid parameter \"%s\"", a)
		}
	}
	name := args[0]
	if s.Service != "" && !resolve {
		return directive.Errorf("service upstream \"%s\" requires \"resolve\" parameter", name)
	}
	u, err := resolver.ParseURL(name, resolver.URLOptions{DefaultPort: defaultPort, NoResolve: resolve})
	if err != nil {
		return directive.Errorf("%s in upstream \"%s\"", err, name)
	}
	s.Name, s.Addrs, s.Port = name, u.Addrs, u.Port
	switch {
	case s.Service != "" && !u.NoPort:
		return directive.Errorf("service upstream \"%s\" may not have port", name)
	case s.Service != "" && len(u.Addrs) > 0:
		return directive.Errorf("service upstream \"%s\" requires domain name", name)
	case resolve && len(u.Addrs) == 0:
		s.Host = u.Host
	}
	g.Servers = append(g.Servers, s)
	return nil
}
