package upstreamhttp

import (
	"moongate/core/config/directive"
	"moongate/engine/certs"
	"moongate/engine/httpd"
)

// TLSConf is the directives of a level about TLS to the server: proxy_ssl_*, grpc_ssl_*.
type TLSConf struct {
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
	client           *certs.Client // made by UseTLS, shared by levels that wrote nothing of their own
	from             *TLSConf      // whose client it is
}

// TLSRows declares the directives, for the conf that has them in what get gives.
func TLSRows[C any](module string, get func(*C) *TLSConf) []directive.Directive {
	const levels = directive.HTTP | directive.Server | directive.Location
	str := func(name, doc string, get func(*C) *directive.Value[string]) directive.Directive {
		return directive.Directive{Name: name, Syntax: "file", In: levels, Args: directive.Take1, Set: directive.Str(get), Doc: doc}
	}
	value := func(name, doc string, get func(*C) *directive.Value[*httpd.Value]) directive.Directive {
		return directive.Directive{Name: name, Syntax: "value", In: levels, Args: directive.Take1, Set: httpd.ValueSetter(get), Doc: doc}
	}
	onOff := func(name, def string, get func(*C) *directive.Value[bool], doc string) directive.Directive {
		return directive.Directive{Name: name, Syntax: "on | off", In: levels, Args: directive.FlagArg, Default: def, Set: directive.Flag(get), Doc: doc}
	}
	num := func(name, def string, get func(*C) *directive.Value[int], doc string) directive.Directive {
		return directive.Directive{Name: name, Syntax: "number", In: levels, Args: directive.Take1, Default: def, Set: directive.Int(get), Doc: doc}
	}
	ciphers := str(module+"_ssl_ciphers", "Cipher suites, in OpenSSL's words.", func(c *C) *directive.Value[string] { return &get(c).ciphers })
	ciphers.Syntax, ciphers.Default = "ciphers", "DEFAULT"
	return []directive.Directive{
		{Name: module + "_ssl_protocols", Syntax: "protocol ...", In: levels, Args: directive.OneMore, Default: "TLSv1.2 TLSv1.3",
			Set: directive.Bits(func(c *C) *directive.Value[certs.Protocols] { return &get(c).protocols }, certs.ProtocolNames), Doc: "Versions of TLS that are spoken."},
		ciphers,
		onOff(module+"_ssl_session_reuse", "on", func(c *C) *directive.Value[bool] { return &get(c).reuse }, "TLS sessions are resumed."),
		onOff(module+"_ssl_server_name", "off", func(c *C) *directive.Value[bool] { return &get(c).serverName }, "The name is sent in the handshake (SNI)."),
		onOff(module+"_ssl_verify", "off", func(c *C) *directive.Value[bool] { return &get(c).verify }, "The server's certificate is checked."),
		num(module+"_ssl_verify_depth", "1", func(c *C) *directive.Value[int] { return &get(c).depth }, "How long the chain of certificates may be."),
		str(module+"_ssl_trusted_certificate", "Certificates of those who may have signed the server's.", func(c *C) *directive.Value[string] { return &get(c).trusted }),
		str(module+"_ssl_crl", "Certificates that have been revoked.", func(c *C) *directive.Value[string] { return &get(c).crl }),
		value(module+"_ssl_name", "The name that the server's certificate is checked for.", func(c *C) *directive.Value[*httpd.Value] { return &get(c).name }),
		value(module+"_ssl_certificate", "The certificate that is shown to the server.", func(c *C) *directive.Value[*httpd.Value] { return &get(c).certificate }),
		value(module+"_ssl_certificate_key", "Its key.", func(c *C) *directive.Value[*httpd.Value] { return &get(c).key }),
		{Name: module + "_ssl_certificate_cache", Syntax: "off | max=N [inactive=time] [valid=time]", In: levels, Args: directive.Take123, Since: "1.27.4",
			Set: directive.Parsed(func(c *C) *directive.Value[*certs.PairCache] { return &get(c).cache }, certs.ParsePairCache), Doc: "Keeps certificates whose names have variables."},
		{Name: module + "_ssl_password_file", Syntax: "file", In: levels, Args: directive.Take1,
			Set: directive.Parsed(func(c *C) *directive.Value[[][]byte] { return &get(c).passwords }, readPasswords), Doc: "Passwords of keys, one a line."},
		{Name: module + "_ssl_conf_command", Syntax: "name value", In: levels, Args: directive.Take2,
			Set: directive.KeyVals(func(c *C) *directive.Value[[]directive.KeyVal] { return &get(c).commands }), Doc: "An OpenSSL configuration command."},
	}
}

func readPasswords(c *directive.Call) ([][]byte, error) {
	list, err := certs.ReadPasswords(httpd.BuilderOf(c).Cycle.ConfPath(c.Args[0]))
	if err != nil {
		return nil, directive.Errorf("%s", err)
	}
	return list, nil
}

// Merge notes whether the level has settings of its own
// (ngx_http_proxy_merge_ssl).
func (t *TLSConf) Merge(p *TLSConf) {
	own := t.protocols.At != p.protocols.At || t.ciphers.At != p.ciphers.At || t.certificate.At != p.certificate.At ||
		t.key.At != p.key.At || t.passwords.At != p.passwords.At || t.verify.At != p.verify.At || t.depth.At != p.depth.At ||
		t.trusted.At != p.trusted.At || t.crl.At != p.crl.At || t.reuse.At != p.reuse.At || t.commands.At != p.commands.At
	t.from = t
	if !own && p.from != nil {
		t.from = p.from
	}
}

// UseTLS makes the TLS side of a level (ngx_http_proxy_set_ssl).
func (c *Conf) UseTLS(b *httpd.Builder, t *TLSConf) error {
	if t.from.client == nil {
		if err := t.from.newClient(b, c.Module); err != nil {
			return err
		}
	}
	t.client = t.from.client
	c.TLS, c.TLSName, c.ServerName, c.VerifyPeer, c.KeepTLS = t.client, t.name.V, t.serverName.V, t.verify.V, t.reuse.V
	if v := t.certificate.V; v != nil && !v.Literal() && t.key.V != nil {
		c.Certificate, c.Key, c.Passwords, c.Pairs = v, t.key.V, t.passwords.V, t.cache.V
	}
	return nil
}

func (t *TLSConf) newClient(b *httpd.Builder, module string) error {
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
			return directive.Unplaced("no \"%s_ssl_certificate_key\" is defined for certificate \"%s\"", module, v.Text())
		}
		o.Certificate, o.Key = path(v.Text()), path(t.key.V.Text())
	}
	var err error
	if t.client, err = certs.NewClient(o, func(text string) { b.Warn(text) }); err != nil {
		return directive.Unplaced("%s", err)
	}
	return nil
}
