package config

import (
	"net/netip"
	"time"
)

// inherit fills in what real servers take from the virtual one, and checkers from them.
func (r *reader) inherit(d *serverDraft) {
	g := &r.config.Global
	v := &d.shared
	d.Alpha = v.alpha.Or(false)
	d.VirtualHost = v.host
	d.Inhibit, d.Weight, d.Times = v.inhibit.Or(false), d.weight, times(v, v)
	d.Mail = v.mail.Or(g.Mail.AlertChecker.Or(g.Mail.Alert.Or(false)))
	if d.sorry != nil {
		if d.sorry.Inhibit {
			d.SorryInhibit = true
		}
		d.Sorry = d.sorry
	}
	for _, x := range d.reals {
		s := &x.shared
		x.Inhibit, x.Times = s.inhibit.Or(d.Inhibit), times(s, v)
		x.Alpha = s.alpha.Or(d.Alpha)
		x.VirtualHost = s.host
		if x.VirtualHost == "" {
			x.VirtualHost = d.VirtualHost
		}
		mail := g.Mail.AlertChecker.Or(g.Mail.Alert.Or(true))
		if v.mail != Default {
			mail = d.Mail
		}
		x.Mail = s.mail.Or(mail)
		for _, c := range x.checks {
			c.fill(x, d, g)
			x.Checkers = append(x.Checkers, c.Checker)
		}
		d.Servers = append(d.Servers, x.RealServer)
	}
}

// times are those of a level and the one above it.
func times(s, above *shared) Times {
	return Times{
		Timeout: first(defaultTimeout, s.timeout, above.timeout), Loop: first(defaultLoop, s.loop, above.loop),
		RetryDelay: first(0, s.retryDelay, above.retryDelay), Warmup: first(0, s.warmup, above.warmup), Retry: first(0, s.retry, above.retry),
	}
}

const (
	defaultLoop    = time.Minute
	defaultTimeout = 5 * time.Second
)

// first is the value of the innermost level that has one.
func first[T any](def T, levels ...*T) T {
	for _, p := range levels {
		if p != nil {
			return *p
		}
	}
	return def
}

func (c *checkDraft) fill(x *realDraft, d *serverDraft, g *Global) {
	a, b, v := &c.shared, &x.shared, &d.shared
	c.Loop = first(defaultLoop, a.loop, b.loop, v.loop)
	retries, delay := 1, time.Second
	switch c.Kind {
	case "MISC_CHECK":
		retries = 0
	case "DNS_CHECK":
		retries, delay = 3, c.Loop
	case "HTTP_GET", "SSL_GET":
		delay = 3 * time.Second
	}
	c.Timeout = first(defaultTimeout, a.timeout, b.timeout, v.timeout)
	c.Retry = first(retries, a.retry, b.retry, v.retry)
	c.RetryDelay = first(delay, a.retryDelay, b.retryDelay, v.retryDelay)
	c.Warmup = first(c.Loop, a.warmup, b.warmup, v.warmup)
	c.Alpha = a.alpha.Or(x.Alpha)
	c.LogAll = a.logAll.Or(g.LogAllFailures)
	if c.port == 0 {
		c.Connect = netip.AddrPortFrom(c.connect, x.Addr.Port())
	}
	if c.Misc != nil && c.Misc.Timeout == 0 {
		c.Misc.Timeout = c.Loop
	}
	if h := c.HTTP; h != nil {
		if h.VirtualHost == "" {
			h.VirtualHost = x.VirtualHost
		}
	}
	for i := range c.Hosts {
		h := &c.Hosts[i]
		to := h.Connect
		if !to.Addr().IsValid() {
			to = netip.AddrPortFrom(c.connect, to.Port())
		}
		if to.Port() == 0 {
			to = netip.AddrPortFrom(to.Addr(), c.Connect.Port())
		}
		h.Connect = to
	}
}

func (r *reader) finishServerScripts(s *Server) {
	check := func(c *Command) bool {
		if c.Set() && r.resolve(c) != usable {
			*c = Command{}
			return false
		}
		return true
	}
	check(&s.QuorumUp)
	check(&s.QuorumDown)
	for _, x := range s.Servers {
		check(&x.NotifyUp)
		check(&x.NotifyDown)
		keep := x.Checkers[:0]
		for _, c := range x.Checkers {
			if c.Misc != nil {
				name := c.Misc.Command.Args[0]
				switch r.resolve(&c.Misc.Command) {
				case insecure:
					r.log("Disabling misc script %s due to insecure", name)
					continue
				case unusable, noExec:
					r.log("Disabling misc script %s since not found/accessible", name)
					continue
				}
			}
			keep = append(keep, c)
		}
		x.Checkers = keep
	}
}
