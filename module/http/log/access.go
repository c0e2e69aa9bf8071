package log

import (
	"strings"
	"time"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// readAccessLog is ngx_http_log_set_log.
func readAccessLog(c *directive.Call, cf *conf) error {
	place := c.Args[0]
	if place == "off" {
		cf.off = true
		if len(c.Args) > 1 {
			return directive.Errorf("invalid parameter \"%s\"", c.Args[1])
		}
		return nil
	}
	b := httpd.BuilderOf(c)
	m := httpd.MainConf[mainConf](b, Module)
	t := &target{}
	var err error
	switch {
	case strings.HasPrefix(place, "syslog:"):
		if t.syslog, err = errlog.ParseSyslog(place, b.Cycle.Hostname); err != nil {
			return directive.Errorf("%s", err)
		}
		t.syslog.Report = b.Cycle.Log
	case httpd.HasVars(place):
		if t.path, err = httpd.CompileArg(c, b.Cycle.Path(place)); err != nil {
			return err
		}
	default:
		t.out = m.output(b.Cycle.AddLog(place))
	}
	name := "combined"
	if len(c.Args) > 1 {
		name = c.Args[1]
	}
	if t.format, err = m.format(b, name); err != nil {
		return err
	}
	p := params{}
	for i := 2; i < len(c.Args); i++ {
		if err := p.read(c, c.Args[i], t); err != nil {
			return err
		}
	}
	cf.logs = append(cf.logs, t)
	return p.apply(place, t)
}

// params is what stands behind the format.
type params struct {
	size  int64
	flush time.Duration
	gzip  int
}

// defaultGzipBuffer is the buffer of gzip without buffer=.
const defaultGzipBuffer = 64 << 10

func (p *params) read(c *directive.Call, arg string, t *target) error {
	name, value, given := strings.Cut(arg, "=")
	var ok bool
	switch {
	case name == "buffer" && given:
		if p.size, ok = directive.ParseSize(value); !ok || p.size == 0 {
			return directive.Errorf("invalid buffer size \"%s\"", value)
		}
	case name == "flush" && given:
		if p.flush, ok = directive.ParseMsec(value); !ok || p.flush == 0 {
			return directive.Errorf("invalid flush time \"%s\"", value)
		}
	case name == "gzip":
		if p.size == 0 {
			p.size = defaultGzipBuffer
		}
		p.gzip = 1
		if given {
			if p.gzip, ok = directive.ParseInt(value); !ok || p.gzip < 1 || p.gzip > 9 {
				return directive.Errorf("invalid compression level \"%s\"", value)
			}
		}
	case name == "if" && given:
		v, err := httpd.CompileArg(c, value)
		if err != nil {
			return err
		}
		t.filter = v
	default:
		return directive.Errorf("invalid parameter \"%s\"", arg)
	}
	return nil
}

// apply gives a file its buffer, or finds that it has another one.
func (p *params) apply(place string, t *target) error {
	switch {
	case p.flush != 0 && p.size == 0:
		return directive.Errorf("no buffer is defined for access_log \"%s\"", place)
	case p.size == 0:
		return nil
	case t.path != nil:
		return directive.Errorf("buffered logs cannot have variables in name")
	case t.syslog != nil:
		return directive.Errorf("logs to syslog cannot be buffered")
	}
	o := t.out
	if o.size == 0 {
		o.buffered(int(p.size), p.flush, p.gzip)
		return nil
	}
	if o.size != int(p.size) || o.flushAfter != p.flush || o.gzip != p.gzip {
		return directive.Errorf("access_log \"%s\" already defined with conflicting parameters", place)
	}
	return nil
}
