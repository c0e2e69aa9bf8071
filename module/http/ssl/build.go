package ssl

import (
	"slices"
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/engine/certs"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// build makes each server's certs.Server (the end of
// ngx_http_ssl_merge_srv_conf, and ngx_http_ssl_init).
func build(b *httpd.Builder) error {
	var tickets *zone.Zone
	for _, s := range b.Servers() {
		c := of(s)
		if err := c.check(); err != nil {
			return err
		}
		if from := b.Certificates(); from != nil && !c.Reject.V && from.Serves(s) {
			c.source = from
		}
		if len(c.Certificates.V) == 0 && !c.Reject.V && c.source == nil {
			if h := b.HandshakeCode(); h != nil && (h.HasHello(s) || h.HasCertificate(s)) {
				return unplaced(directive.Errorf("no ssl configured for the server"))
			}
			continue
		}
		if tickets == nil {
			z, err := ticketZone(b.Cycle)
			if err != nil {
				return err
			}
			tickets = z
		}
		if err := c.build(b, tickets); err != nil {
			return unplaced(err)
		}
	}
	b.SetTLS(policy{})
	return b.TLSListens(checkListen)
}

// of is the settings of a server.
func of(s *httpd.Server) *conf { return httpd.LocConf[conf](s.Ground(), Module) }

// unplaced is an error that nginx logs without a place.
func unplaced(err error) error { return &syntax.Error{Text: err.Error()} }

func (c *conf) check() error {
	if n := len(c.Certificates.V); len(c.Keys.V) < n {
		return unplaced(directive.Errorf("no \"ssl_certificate_key\" is defined for certificate \"%s\"", c.Certificates.V[n-1]))
	}
	return nil
}

func (c *conf) build(b *httpd.Builder, tickets *zone.Zone) error {
	full := func(name string) string { return fullName(b.Cycle.ConfPath, name) }
	o := certs.ServerOptions{
		Passwords: c.Passwords.V, Protocols: c.Protocols.V, Ciphers: c.Ciphers.V, Curves: c.Curve.V,
		PreferServerCiphers: c.PreferServerCiphers.V, DHParam: full(c.DHParam.V), ConfCommands: c.fullCommands(full),
		Verify: c.Verify.V, VerifyDepth: c.VerifyDepth.V, ClientCertificate: full(c.ClientCertificate.V),
		TrustedCertificate: full(c.TrustedCertificate.V), CRL: full(c.CRL.V),
		Cache: c.cache.options(), SessionTimeout: c.SessionTimeout.V, NoTickets: !c.Tickets.V,
		Stapling: c.Stapling.V, StaplingFile: full(c.StaplingFile.V), EarlyData: c.EarlyData.V, RejectHandshake: c.Reject.V,
		Context: "HTTP", Shared: shared{tickets}, ReadFile: b.Cycle.ReadFile,
	}
	for _, k := range c.TicketKeys.V {
		o.TicketKeys = append(o.TicketKeys, full(k))
	}
	n := len(c.Certificates.V)
	if slices.ContainsFunc(c.Certificates.V, httpd.HasVars) || slices.ContainsFunc(c.Keys.V[:n], httpd.HasVars) {
		if err := c.compile(b); err != nil {
			return err
		}
		// Sessions of servers with other names are not shared
		// (ngx_ssl_session_id_context).
		o.Context += " " + strings.Join(c.Certificates.V, " ")
	} else {
		for i := range n {
			o.Certificates = append(o.Certificates, full(c.Certificates.V[i]))
			o.Keys = append(o.Keys, full(c.Keys.V[i]))
		}
	}
	warn := func(text string) {
		if !b.Cycle.Child() {
			b.Cycle.Log.Warn(nil, "%s", text)
		}
	}
	if c.Compression.V {
		warn("\"ssl_certificate_compression\" is not supported on this platform, ignored")
	}
	var err error
	c.server, err = certs.NewServer(o, warn)
	return err
}

// compile makes values of names that have variables
// (ngx_http_ssl_compile_certificates).
func (c *conf) compile(b *httpd.Builder) error {
	for i, name := range c.Certificates.V {
		cert, err := b.NewValue(name)
		if err != nil {
			return err
		}
		key, err := b.NewValue(c.Keys.V[i])
		if err != nil {
			return err
		}
		c.pairs = append(c.pairs, pair{cert, key})
	}
	return nil
}

// fullCommands gives the files of ssl_conf_command their folder.
func (c *conf) fullCommands(full func(string) string) [][2]string {
	out := slices.Clone(c.commands)
	for i, k := range out {
		if n := strings.ToLower(k[0]); n == "certificate" || n == "privatekey" {
			out[i][1] = full(k[1])
		}
	}
	return out
}

func fullName(folder func(string) string, name string) string {
	for _, scheme := range []string{"data:", "engine:", "store:"} {
		if strings.HasPrefix(name, scheme) {
			return name
		}
	}
	if name == "" {
		return ""
	}
	return folder(name)
}

// checkListen refuses addresses with "ssl" whose servers have no certificate.
func checkListen(first *httpd.Server, all []*httpd.Server) error {
	missing := func(s *httpd.Server) error {
		return unplaced(directive.Errorf("no \"ssl_certificate\" is defined for the \"listen ... ssl\" directive in %s:%d", s.Pos.File, s.Pos.Line))
	}
	if len(of(first).Certificates.V) > 0 || of(first).source != nil {
		return nil
	}
	if !of(first).Reject.V {
		return missing(first)
	}
	for _, s := range all {
		if c := of(s); len(c.Certificates.V) == 0 && !c.Reject.V {
			return missing(s)
		}
	}
	return nil
}

// start opens the memory of the zones in a process that serves.
func start(w *httpd.Worker) error {
	for _, s := range w.HTTP.Servers() {
		c := of(s)
		if c.server == nil {
			continue
		}
		if z := c.cache.zone; z != nil {
			if err := openZone(z); err != nil {
				return err
			}
		}
		if z := w.HTTP.Zones().Find("\x00ssl tickets"); z != nil && z.Data == nil {
			if err := openZone(z); err != nil {
				return err
			}
		}
	}
	return nil
}
