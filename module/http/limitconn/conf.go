package limitconn

import (
	"fmt"
	"strings"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// conf is what a level says.
type conf struct {
	limits []*limit
	level  directive.Value[errlog.Level]
	status directive.Value[int]
	dryRun directive.Value[bool]
}

// limit is one limit_conn.
type limit struct {
	zone *zone.Zone
	most int

	table *zone.ConnTable // in a worker
}

func (l *limit) key() *httpd.Value { return l.zone.Data.(*httpd.Value) }

// readZone is ngx_http_limit_conn_zone.
func readZone(c *directive.Call, _ *conf) error {
	key, err := httpd.CompileArg(c, c.Args[0])
	if err != nil {
		return err
	}
	var name string
	var size int64
	for _, arg := range c.Args[1:] {
		if !strings.HasPrefix(arg, "zone=") {
			return directive.Errorf("invalid parameter \"%s\"", arg)
		}
		if name, size, err = zone.ParseSpec(arg); err != nil {
			return directive.Errorf("%s", err)
		}
	}
	if name == "" {
		return directive.Errorf("\"%s\" must have \"zone\" parameter", c.Name)
	}
	z, err := httpd.BuilderOf(c).Zones().Declare(name, size, zone.KindConn)
	if err != nil {
		return directive.Errorf("%s", err)
	}
	if was, ok := z.Data.(*httpd.Value); ok {
		return directive.Errorf("%s \"%s\" is already bound to key \"%s\"", c.Name, name, was.Text())
	}
	z.Data = key
	z.Keep = func(old *zone.Zone) error {
		if was, ok := old.Data.(*httpd.Value); ok && was.Text() != key.Text() {
			return fmt.Errorf("limit_conn_zone \"%s\" uses the \"%s\" key while previously it used the \"%s\" key", name, key.Text(), was.Text())
		}
		return nil
	}
	return nil
}

// readLimit is ngx_http_limit_conn.
func readLimit(c *directive.Call, cf *conf) error {
	z, err := httpd.BuilderOf(c).Zones().Declare(c.Args[0], 0, zone.KindConn)
	if err != nil {
		return directive.Errorf("%s", err)
	}
	for _, other := range cf.limits {
		if other.zone == z {
			return directive.Duplicate
		}
	}
	n, ok := directive.ParseInt(c.Args[1])
	if !ok || n <= 0 {
		return directive.Errorf("invalid number of connections \"%s\"", c.Args[1])
	}
	if n > 65535 {
		return directive.Errorf("connection limit must be less 65536")
	}
	cf.limits = append(cf.limits, &limit{zone: z, most: n})
	return nil
}

func inheritLimits(p, c *conf) {
	if c.limits == nil {
		c.limits = p.limits
	}
}

// start opens the tables in a worker.
func start(w *httpd.Worker) (err error) {
	tables := map[*zone.Zone]*zone.ConnTable{}
	w.HTTP.Locations(func(l *httpd.Location) {
		for _, lim := range httpd.LocConf[conf](l, Module).limits {
			if tables[lim.zone] == nil && err == nil {
				tables[lim.zone], err = zone.OpenConn(lim.zone)
			}
			lim.table = tables[lim.zone]
		}
	})
	return err
}
