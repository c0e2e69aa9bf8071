package gateway

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/resolver"
	"moongate/engine/upstream"
	"moongate/gateway/release"
)

// choices are what Lua has decided of a request in the gateway's place.
type choices struct {
	upstream string
	group    *upstream.Group // of the upstream
	target   string
	host     string // of the target, where it is a name
	port     uint16
	addr     [1]resolver.Address // where it is an address
	variant  bool
	which    release.Variant
}

// point makes a target of what was chosen.
func (c *choices) point(t *upstreamhttp.Target) {
	switch {
	case c.target == "":
		if c.group != nil {
			t.Group = c.group
		}
	case c.host != "":
		t.Group, t.Name, t.Port = nil, c.host, c.port
	default:
		t.Group, t.Addrs, t.Name, t.Port = nil, c.addr[:], c.addr[0].Name, c.port
	}
}

// settable lets what is a decision be changed by Lua.
func settable(list []httpd.Variable) []httpd.Variable {
	setters := map[string]func(x *exchange, value string) error{
		"gateway_service": (*exchange).setService, "gateway_upstream": (*exchange).setUpstream, "gateway_target": (*exchange).setTarget,
		"gateway_variant": (*exchange).setVariant, "gateway_path": (*exchange).setPath,
		"gateway_scheme": (*exchange).setScheme,
		"gateway_query":  func(x *exchange, value string) error { x.Out.Query = value; return nil },
	}
	for i := range list {
		v := &list[i]
		v.Changeable = v.Set != nil
		set := setters[v.Name]
		if set == nil {
			continue
		}
		name := v.Name
		v.Doc += " It may be set."
		v.Changeable = true
		v.Assign = func(r *httpd.Request, value string) error {
			x := slot.Get(r.Main)
			err := errNoRoute
			switch {
			case x == nil || x.plan == nil:
			case x.passed:
				err = errPassed
			default:
				x.goal = nil // what was decided before counts no more
				err = set(x, value)
			}
			if err != nil {
				return fmt.Errorf("variable %q: %w", name, err)
			}
			return nil
		}
	}
	return list
}

var (
	errNoRoute = errors.New("the gateway has chosen no route for this request")
	errPassed  = errors.New("the request has gone to the service already")
)

// setService lets another service answer; the plugins stay those of the route. Path and
// host are the new service's, unless they were set.
func (x *exchange) setService(name string) error {
	s := x.plane.ServiceNamed(name)
	if s == nil {
		return fmt.Errorf("no service has the name or id %q", name)
	}
	if x.plan.Service == s {
		return nil
	}
	same := x.Out.Path == x.path
	x.plan = x.plane.With(x.plane.Plan(x.route), s)
	x.Service = &s.Service
	if same {
		x.outgoing(s.Path)
	}
	return nil
}

// setUpstream has the targets of another upstream asked: the gateway's, or upstream{} of
// nginx.conf. An empty name takes it back, as with the others.
func (x *exchange) setUpstream(name string) error {
	c := &x.chosenBy
	if name == "" {
		c.upstream, c.group = "", nil
		return nil
	}
	g := x.plane.PeersNamed(name)
	if g == nil {
		if g = x.R.Server.HTTP().Upstreams.Lookup(name); g == nil {
			return fmt.Errorf("no upstream has the name or id %q", name)
		}
	}
	c.upstream, c.group = g.Name, g
	return nil
}

func (x *exchange) upstreamName() string {
	switch {
	case x.chosenBy.upstream != "":
		return x.chosenBy.upstream
	case x.plan != nil && x.plan.Upstream != nil:
		return x.plan.Upstream.Name
	}
	return ""
}

// setTarget has one server asked: an address, or a name for the resolver of the location.
func (x *exchange) setTarget(value string) error {
	c := &x.chosenBy
	if value == "" {
		c.target = ""
		return nil
	}
	host, text, err := net.SplitHostPort(value)
	port, perr := strconv.ParseUint(text, 10, 16)
	if err != nil || perr != nil || port == 0 || host == "" || strings.ContainsAny(host, "/ ") {
		return fmt.Errorf("%q is no target, it must be HOST:PORT", value)
	}
	c.target, c.host, c.port = value, host, uint16(port)
	if ip, err := netip.ParseAddr(host); err == nil {
		c.host, c.addr[0] = "", resolver.Address{IP: netip.AddrPortFrom(ip, c.port), Name: value}
	}
	return nil
}

// setVariant decides in the place of a release.
func (x *exchange) setVariant(value string) error {
	c := &x.chosenBy
	switch value {
	case "":
		c.variant, x.Variant = false, ""
		return nil
	case release.Baseline.String():
		c.which = release.Baseline
	case release.Candidate.String():
		c.which = release.Candidate
	default:
		return fmt.Errorf("%q is no variant, it must be %q or %q", value, release.Baseline, release.Candidate)
	}
	if !x.plan.HasRelease() {
		return errors.New("no release is at work for the service of this request")
	}
	c.variant, x.Variant = true, value
	return nil
}

// setScheme has the service spoken to with or without TLS; host and port stay.
func (x *exchange) setScheme(value string) error {
	if value != "" && value != "http" && value != "https" {
		return fmt.Errorf("%q is no scheme, it must be \"http\" or \"https\"", value)
	}
	x.Out.Scheme = value
	return nil
}

func (x *exchange) setPath(value string) error {
	if !strings.HasPrefix(value, "/") {
		return fmt.Errorf("the path %q does not begin with \"/\"", value)
	}
	x.Out.Path = value
	return nil
}
