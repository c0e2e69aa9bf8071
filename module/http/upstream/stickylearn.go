package upstream

import (
	"fmt"
	"strings"
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/upstream/balance/sticky"
	"moongate/engine/zone"
)

// learnArgs is what sticky learn is told.
type learnArgs struct {
	lookup, create []string
	zone           string
	size           int64
	timeout        time.Duration
}

// readStickyLearn is ngx_http_upstream_sticky_learn.
func readStickyLearn(c *directive.Call, b *sticky.Balancer, group string) error {
	var l learnArgs
	for _, a := range c.Args[1:] {
		if a == "header" {
			b.AtHeader = true
			continue
		}
		if err := l.read(a); err != nil {
			return err
		}
	}
	switch {
	case len(l.lookup) == 0:
		return directive.Reason("\"lookup\" parameter is not specified")
	case len(l.create) == 0:
		return directive.Reason("\"create\" parameter is not specified")
	case l.size == 0:
		return directive.Reason("\"zone\" parameter is not specified")
	}
	if l.timeout == 0 {
		l.timeout = 10 * time.Minute
	}
	z, err := httpd.BuilderOf(c).Zones().Declare(l.zone, l.size, zone.KindSticky)
	if err != nil {
		return directive.Errorf("%s", err)
	}
	if other, ok := z.Data.(string); ok {
		return directive.Errorf("sticky zone \"%s\" is already used in upstream \"%s\"", l.zone, other)
	}
	z.Data = group
	z.Keep = func(old *zone.Zone) error {
		if was, ok := old.Data.(string); ok && was != group {
			return fmt.Errorf("sticky zone \"%s\" is used in upstream \"%s\" while previously it was used in upstream \"%s\"", l.zone, group, was)
		}
		return nil
	}
	b.Learned = &sticky.Sessions{Zone: z, Timeout: l.timeout}
	b.Lookup, b.Create = firstOf(c, l.lookup), firstOf(c, l.create)
	return nil
}

func (l *learnArgs) read(arg string) error {
	const least = 8 * 4096
	name, value, _ := strings.Cut(arg, "=")
	variable, isVar := strings.CutPrefix(value, "$")
	isVar = isVar && variable != ""
	var ok bool
	switch name {
	case "zone":
		if l.size != 0 {
			return directive.Reason("duplicate zone")
		}
		name, size, found := strings.Cut(value, ":")
		switch {
		case !found:
			return directive.Reason("zone size is not specified")
		case name == "":
			return directive.Reason("zone name is not specified")
		}
		if l.size, ok = directive.ParseSize(size); !ok {
			return directive.Reason("invalid zone size")
		}
		if l.size < least {
			return directive.Reason("zone is too small")
		}
		l.zone = name
	case "timeout":
		if l.timeout != 0 {
			return directive.Reason("duplicate timeout")
		}
		if l.timeout, ok = directive.ParseMsec(value); !ok || l.timeout == 0 {
			return directive.Reason("invalid timeout")
		}
	case "create":
		if !isVar {
			return directive.Reason("missing variable in the \"create\" parameter")
		}
		l.create = append(l.create, variable)
	case "lookup":
		if !isVar {
			return directive.Reason("missing variable in the \"lookup\" parameter")
		}
		l.lookup = append(l.lookup, variable)
	default:
		return directive.Errorf("unknown parameter \"%s\"", arg)
	}
	return nil
}
