package grpc

import (
	"moongate/core/config/directive"
	"moongate/engine/certs"
	"moongate/engine/httpd"
)

// tlsConf is the grpc_ssl_* directives of a level.
type tlsConf struct {
	protocols        directive.Value[certs.Protocols]
	ciphers          directive.Value[string]
	reuse            directive.Value[bool]
	serverName       directive.Value[bool]
	verify           directive.Value[bool]
	depth            directive.Value[int]
	trusted, crl     directive.Value[string]
	name             directive.Value[*httpd.Value]
	certificate, key directive.Value[*httpd.Value]
	cache            directive.Value[*certs.PairCache]
	passwords        directive.Value[[][]byte]
	commands         directive.Value[[]directive.KeyVal]
	client           *certs.Client // made by prepare, shared by levels that wrote nothing of their own
	from             *conf         // whose client it is
}

func tlsRows() []directive.Directive {
	str := func(name, doc string, get func(*conf) *directive.Value[string]) directive.Directive {
		return directive.Directive{Name: name, Syntax: "file", In: everywhere, Args: directive.Take1, Set: directive.Str(get), Doc: doc}
	}
	value := func(name, doc string, get func(*conf) *directive.Value[*httpd.Value]) directive.Directive {
		return directive.Directive{Name: name, Syntax: "value", In: everywhere, Args: directive.Take1, Set: httpd.ValueSetter(get), Doc: doc}
	}
	ciphers := str("grpc_ssl_ciphers", "Cipher suites, in OpenSSL's words.", func(c *conf) *directive.Value[string] { return &c.tls.ciphers })
	ciphers.Syntax, ciphers.Default = "ciphers", "DEFAULT"
	return []directive.Directive{
		{Name: "grpc_ssl_protocols", Syntax: "protocol ...", In: everywhere, Args: directive.OneMore, Default: "TLSv1.2 TLSv1.3",
			Set: directive.Bits(func(c *conf) *directive.Value[certs.Protocols] { return &c.tls.protocols }, certs.ProtocolNames), Doc: "Versions of TLS that are spoken."},
		ciphers,
		flag("grpc_ssl_session_reuse", "on", func(c *conf) *directive.Value[bool] { return &c.tls.reuse }, "TLS sessions are resumed."),
		flag("grpc_ssl_server_name", "off", func(c *conf) *directive.Value[bool] { return &c.tls.serverName }, "The name is sent in the handshake (SNI)."),
		flag("grpc_ssl_verify", "off", func(c *conf) *directive.Value[bool] { return &c.tls.verify }, "The server's certificate is checked."),
		num("grpc_ssl_verify_depth", "1", func(c *conf) *directive.Value[int] { return &c.tls.depth }, "How long the chain of certificates may be."),
		str("grpc_ssl_trusted_certificate", "Certificates of those who may have signed the server's.", func(c *conf) *directive.Value[string] { return &c.tls.trusted }),
		str("grpc_ssl_crl", "Certificates that have been revoked.", func(c *conf) *directive.Value[string] { return &c.tls.crl }),
		value("grpc_ssl_name", "The name that the server's certificate is checked for.", func(c *conf) *directive.Value[*httpd.Value] { return &c.tls.name }),
		value("grpc_ssl_certificate", "The certificate that is shown to the server.", func(c *conf) *directive.Value[*httpd.Value] { return &c.tls.certificate }),
		value("grpc_ssl_certificate_key", "Its key.", func(c *conf) *directive.Value[*httpd.Value] { return &c.tls.key }),
		{Name: "grpc_ssl_certificate_cache", Syntax: "off | max=N [inactive=time] [valid=time]", In: everywhere, Args: directive.Take123, Since: "1.27.4",
			Set: directive.Parsed(func(c *conf) *directive.Value[*certs.PairCache] { return &c.tls.cache }, certs.ParsePairCache), Doc: "Keeps certificates whose names have variables."},
		{Name: "grpc_ssl_password_file", Syntax: "file", In: everywhere, Args: directive.Take1,
			Set: directive.Parsed(func(c *conf) *directive.Value[[][]byte] { return &c.tls.passwords }, readPasswords), Doc: "Passwords of keys, one a line."},
		{Name: "grpc_ssl_conf_command", Syntax: "name value", In: everywhere, Args: directive.Take2,
			Set: directive.KeyVals(func(c *conf) *directive.Value[[]directive.KeyVal] { return &c.tls.commands }), Doc: "An OpenSSL configuration command."},
	}
}

func readPasswords(c *directive.Call) ([][]byte, error) {
	list, err := certs.ReadPasswords(httpd.BuilderOf(c).Cycle.ConfPath(c.Args[0]))
	if err != nil {
		return nil, directive.Errorf("%s", err)
	}
	return list, nil
}

// mergeTLS notes whether the level has settings of its own
// (ngx_http_grpc_merge_ssl).
func (c *conf) mergeTLS(p *conf) {
	t := &c.tls
	own := t.protocols.At != p.tls.protocols.At || t.ciphers.At != p.tls.ciphers.At || t.certificate.At != p.tls.certificate.At ||
		t.key.At != p.tls.key.At || t.passwords.At != p.tls.passwords.At || t.verify.At != p.tls.verify.At || t.depth.At != p.tls.depth.At ||
		t.trusted.At != p.tls.trusted.At || t.crl.At != p.tls.crl.At || t.reuse.At != p.tls.reuse.At || t.commands.At != p.tls.commands.At
	t.from = c
	if !own && p.tls.from != nil {
		t.from = p.tls.from
	}
}

// newClient makes the TLS side of a level (ngx_http_grpc_set_ssl).
func (c *conf) newClient(b *httpd.Builder) error {
	if owner := c.tls.from; owner != c {
		if owner.tls.client == nil {
			if err := owner.newClient(b); err != nil {
				return err
			}
		}
		c.tls.client = owner.tls.client
	}
	t := &c.tls
	if t.client == nil {
		path := func(s string) string {
			if s == "" {
				return ""
			}
			return b.Cycle.ConfPath(s)
		}
		o := certs.ClientOptions{Protocols: t.protocols.V, Ciphers: t.ciphers.V, Verify: t.verify.V, VerifyDepth: t.depth.V,
			NoSessionReuse: !t.reuse.V, Passwords: t.passwords.V, ReadFile: b.Cycle.ReadFile}
		if t.verify.V {
			o.TrustedCertificate, o.CRL = path(t.trusted.V), path(t.crl.V)
		}
		for _, kv := range t.commands.V {
			o.ConfCommands = append(o.ConfCommands, [2]string{kv.Key, kv.Value})
		}
		if v := t.certificate.V; v != nil && v.Text() != "" && v.Literal() {
			if t.key.V == nil {
				return directive.Unplaced("no \"grpc_ssl_certificate_key\" is defined for certificate \"%s\"", v.Text())
			}
			o.Certificate, o.Key = path(v.Text()), path(t.key.V.Text())
		}
		var err error
		if t.client, err = certs.NewClient(o, func(text string) { b.Warn(text) }); err != nil {
			return directive.Unplaced("%s", err)
		}
	}
	up := &c.up
	up.TLS, up.TLSName, up.ServerName, up.VerifyPeer, up.KeepTLS = t.client, t.name.V, t.serverName.V, t.verify.V, t.reuse.V
	if v := t.certificate.V; v != nil && !v.Literal() && t.key.V != nil {
		up.Certificate, up.Key, up.Passwords, up.Pairs = v, t.key.V, t.passwords.V, t.cache.V
	}
	return nil
}
