package ssl

import (
	"moongate/core/config/directive"
	"moongate/engine/certs"
	"moongate/engine/httpd"
)

// Module is ngx_http_ssl_module.
var Module = &httpd.Module{
	Name:       "ssl",
	Doc:        "TLS on listening sockets: certificates, protocols, sessions, client certificates.",
	NewConf:    func() any { return new(conf) },
	Directives: rows,
	Variables:  variables,
}

func init() {
	// These refer to the module: filled in here to break that ring.
	Module.Init = build
	Module.Start = start
}

const in = directive.HTTP | directive.Server

func str(name, doc string, get func(*conf) *directive.Value[string]) directive.Directive {
	return directive.Directive{Name: name, Syntax: "file", In: in, Args: directive.Take1, Set: directive.Str(get), Doc: doc}
}

func flag(name, def, doc string, get func(*conf) *directive.Value[bool]) directive.Directive {
	return directive.Directive{Name: name, Syntax: "on | off", In: in, Args: directive.FlagArg, Default: def, Set: directive.Flag(get), Doc: doc}
}

var rows = []directive.Directive{
	{Name: "ssl_certificate", Syntax: "file", In: in, Args: directive.Take1, Set: directive.StrList(func(c *conf) *directive.Value[[]string] { return &c.Certificates }), Doc: "The certificate and its chain in PEM; several for several kinds of key."},
	{Name: "ssl_certificate_key", Syntax: "file", In: in, Args: directive.Take1, Set: directive.StrList(func(c *conf) *directive.Value[[]string] { return &c.Keys }), Doc: "The secret key of a certificate."},
	{Name: "ssl_certificate_cache", Syntax: "off | max=N [inactive=time] [valid=time]", Since: "1.27.4", In: in, Args: directive.Take123, Set: directive.Parsed(func(c *conf) *directive.Value[*certs.PairCache] { return &c.PairCache }, certs.ParsePairCache), Doc: "Keeps certificates whose names have variables."},
	{Name: "ssl_password_file", Syntax: "file", Since: "1.7.3", In: in, Args: directive.Take1, Set: directive.Parsed(func(c *conf) *directive.Value[[][]byte] { return &c.Passwords }, readPasswords), Doc: "Passphrases of secret keys, one a line."},
	{Name: "ssl_protocols", Syntax: "[SSLv2] [SSLv3] [TLSv1] [TLSv1.1] [TLSv1.2] [TLSv1.3]", In: in, Args: directive.OneMore, Default: "TLSv1.2 TLSv1.3", Set: directive.Bits(func(c *conf) *directive.Value[certs.Protocols] { return &c.Protocols }, certs.ProtocolNames), Doc: "The protocols that are spoken."},
	{Name: "ssl_ciphers", Syntax: "ciphers", In: in, Args: directive.Take1, Default: certs.DefaultCiphers, Set: directive.Str(func(c *conf) *directive.Value[string] { return &c.Ciphers }), Doc: "Ciphers up to TLSv1.2, in OpenSSL's words."},
	flag("ssl_prefer_server_ciphers", "off", "The server's order of ciphers counts.", func(c *conf) *directive.Value[bool] { return &c.PreferServerCiphers }),
	{Name: "ssl_ecdh_curve", Syntax: "curve", Since: "1.1.0", In: in, Args: directive.Take1, Default: "auto", Set: directive.Str(func(c *conf) *directive.Value[string] { return &c.Curve }), Doc: "Groups for the key exchange."},
	str("ssl_dhparam", "Read for its errors; finite field Diffie-Hellman is not spoken.", func(c *conf) *directive.Value[string] { return &c.DHParam }),
	{Name: "ssl_buffer_size", Syntax: "size", Since: "1.5.9", In: in, Args: directive.Take1, Default: "16k", Set: directive.Size(func(c *conf) *directive.Value[int64] { return &c.BufferSize }), Doc: "The most that one TLS record carries."},
	{Name: "ssl_verify_client", Syntax: "on | off | optional | optional_no_ca", In: in, Args: directive.Take1, Default: "off", Set: directive.Enum(func(c *conf) *directive.Value[certs.Verify] { return &c.Verify }, verifyWords), Doc: "Whether clients must show a certificate."},
	{Name: "ssl_verify_depth", Syntax: "number", In: in, Args: directive.Take1, Default: "1", Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.VerifyDepth }), Doc: "How long a client's chain may be."},
	str("ssl_client_certificate", "Authorities of client certificates whose names are sent to clients.", func(c *conf) *directive.Value[string] { return &c.ClientCertificate }),
	str("ssl_trusted_certificate", "Authorities whose names are not sent.", func(c *conf) *directive.Value[string] { return &c.TrustedCertificate }),
	str("ssl_crl", "Revoked client certificates.", func(c *conf) *directive.Value[string] { return &c.CRL }),
	{Name: "ssl_session_cache", Syntax: "off | none | [builtin[:size]] [shared:name:size]", In: in, Args: directive.Take12, Set: directive.Func(readCache).Inherited(inheritCache), Doc: "Where sessions are kept."},
	{Name: "ssl_session_timeout", Syntax: "time", In: in, Args: directive.Take1, Default: "5m", Set: sec(func(c *conf) *directive.Value[duration] { return &c.SessionTimeout }), Doc: "How long a session can be resumed."},
	flag("ssl_session_tickets", "on", "Sessions are kept by clients, in tickets.", func(c *conf) *directive.Value[bool] { return &c.Tickets }),
	{Name: "ssl_session_ticket_key", Syntax: "file", Since: "1.5.7", In: in, Args: directive.Take1, Set: directive.StrList(func(c *conf) *directive.Value[[]string] { return &c.TicketKeys }), Doc: "Keys that tickets are sealed with."},
	flag("ssl_stapling", "off", "The OCSP response of ssl_stapling_file is sent.", func(c *conf) *directive.Value[bool] { return &c.Stapling }),
	str("ssl_stapling_file", "The OCSP response.", func(c *conf) *directive.Value[string] { return &c.StaplingFile }),
	str("ssl_stapling_responder", "Accepted for nginx's sake: responders are not asked.", func(c *conf) *directive.Value[string] { return &c.StaplingResponder }),
	flag("ssl_stapling_verify", "off", "Accepted for nginx's sake.", func(c *conf) *directive.Value[bool] { return &c.StaplingVerify }),
	flag("ssl_early_data", "off", "Accepted with a warning: there is no 0-RTT over TCP.", func(c *conf) *directive.Value[bool] { return &c.EarlyData }),
	{Name: "ssl_conf_command", Syntax: "name value", Since: "1.19.4", In: in, Args: directive.Take2, Set: directive.Func(readCommand).Inherited(inheritCommands), Doc: "An OpenSSL configuration command."},
	flag("ssl_reject_handshake", "off", "Handshakes for this server fail.", func(c *conf) *directive.Value[bool] { return &c.Reject }),
	flag("ssl_certificate_compression", "off", "Accepted with a warning.", func(c *conf) *directive.Value[bool] { return &c.Compression }),
}

var verifyWords = map[string]certs.Verify{"off": certs.VerifyOff, "on": certs.VerifyOn, "optional": certs.VerifyOptional, "optional_no_ca": certs.VerifyOptionalNoCA}
