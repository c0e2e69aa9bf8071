package limitreq

import (
	"fmt"
	"math"
	"strings"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// conf is what a level says.
type conf struct {
	limits []limit
	level  directive.Value[errlog.Level]
	status directive.Value[int]
	dryRun directive.Value[bool]

	open []zone.ReqLimit // limits with their tables, in a worker
}

// limit is one limit_req, in thousandths of a request.
type limit struct {
	zone  *zone.Zone
	burst int64
	delay int64
}

// bucket is what limit_req_zone says of a zone.
type bucket struct {
	key  *httpd.Value
	rate int64 // requests per 1000 seconds
}

// readZone is ngx_http_limit_req_zone.
func readZone(c *directive.Call, _ *conf) error {
	key, err := httpd.CompileArg(c, c.Args[0])
	if err != nil {
		return err
	}
	bk := &bucket{key: key, rate: 1000}
	var name string
	var size int64
	for _, arg := range c.Args[1:] {
		switch {
		case strings.HasPrefix(arg, "zone="):
			if name, size, err = zone.ParseSpec(arg); err != nil {
				return directive.Errorf("%s", err)
			}
		case strings.HasPrefix(arg, "rate="):
			var ok bool
			if bk.rate, ok = parseRate(arg[len("rate="):]); !ok {
				return directive.Errorf("invalid rate \"%s\"", arg)
			}
		default:
			return directive.Errorf("invalid parameter \"%s\"", arg)
		}
	}
	if name == "" {
		return directive.Errorf("\"%s\" must have \"zone\" parameter", c.Name)
	}
	z, err := httpd.BuilderOf(c).Zones().Declare(name, size, zone.KindReq)
	if err != nil {
		return directive.Errorf("%s", err)
	}
	if was, ok := z.Data.(*bucket); ok {
		return directive.Errorf("%s \"%s\" is already bound to key \"%s\"", c.Name, name, was.key.Text())
	}
	z.Data = bk
	z.Keep = func(old *zone.Zone) error {
		if was, ok := old.Data.(*bucket); ok && was.key.Text() != key.Text() {
			return fmt.Errorf("limit_req \"%s\" uses the \"%s\" key while previously it used the \"%s\" key", name, key.Text(), was.key.Text())
		}
		return nil
	}
	return nil
}

// parseRate reads "10r/s", "5r/m" or a bare number of requests a second.
func parseRate(text string) (int64, bool) {
	scale := 1
	if t, ok := strings.CutSuffix(text, "r/s"); ok {
		text = t
	} else if t, ok := strings.CutSuffix(text, "r/m"); ok {
		text, scale = t, 60
	}
	n, ok := directive.ParseInt(text)
	if !ok || n <= 0 || n > math.MaxInt64/1000 {
		return 0, false
	}
	return int64(n * 1000 / scale), true
}

// noDelay is the delay of nodelay.
const noDelay = math.MaxInt64 / 1000

// readLimit is ngx_http_limit_req.
func readLimit(c *directive.Call, cf *conf) error {
	var l limit
	for _, arg := range c.Args {
		name, value, _ := strings.Cut(arg, "=")
		switch {
		case strings.HasPrefix(arg, "zone="):
			z, err := httpd.BuilderOf(c).Zones().Declare(value, 0, zone.KindReq)
			if err != nil {
				return directive.Errorf("%s", err)
			}
			l.zone = z
		case strings.HasPrefix(arg, "burst="), strings.HasPrefix(arg, "delay="):
			n, ok := directive.ParseInt(value)
			if !ok || n <= 0 || n > noDelay {
				return directive.Errorf("invalid %s value \"%s\"", name, arg)
			}
			if name == "burst" {
				l.burst = int64(n) * 1000
			} else {
				l.delay = int64(n) * 1000
			}
		case arg == "nodelay":
			l.delay = noDelay * 1000
		default:
			return directive.Errorf("invalid parameter \"%s\"", arg)
		}
	}
	if l.zone == nil {
		return directive.Errorf("\"%s\" must have \"zone\" parameter", c.Name)
	}
	for _, other := range cf.limits {
		if other.zone == l.zone {
			return directive.Duplicate
		}
	}
	cf.limits = append(cf.limits, l)
	return nil
}

func inheritLimits(p, c *conf) {
	if c.limits == nil {
		c.limits = p.limits
	}
}

// start opens the tables in a worker.
func start(w *httpd.Worker) (err error) {
	tables := map[*zone.Zone]*zone.ReqTable{}
	w.HTTP.Locations(func(l *httpd.Location) {
		cf := httpd.LocConf[conf](l, Module)
		cf.open = nil
		for _, lim := range cf.limits {
			t := tables[lim.zone]
			if t == nil && err == nil {
				if t, err = zone.OpenReq(lim.zone, lim.zone.Data.(*bucket).rate); err == nil {
					tables[lim.zone] = t
				}
			}
			cf.open = append(cf.open, zone.ReqLimit{Table: t, Burst: lim.burst, Delay: lim.delay})
		}
	})
	return err
}
