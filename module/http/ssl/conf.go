package ssl

import (
	"time"

	"moongate/core/config/directive"
	"moongate/engine/certs"
	"moongate/engine/httpd"
)

type duration = time.Duration

// conf is the ssl_* directives of a level; those of a server{} count
// (ngx_http_ssl_srv_conf_t).
type conf struct {
	Certificates        directive.Value[[]string]
	Keys                directive.Value[[]string]
	PairCache           directive.Value[*certs.PairCache]
	Passwords           directive.Value[[][]byte]
	Protocols           directive.Value[certs.Protocols]
	Ciphers             directive.Value[string]
	PreferServerCiphers directive.Value[bool]
	Curve               directive.Value[string]
	DHParam             directive.Value[string]
	BufferSize          directive.Value[int64]
	Verify              directive.Value[certs.Verify]
	VerifyDepth         directive.Value[int]
	ClientCertificate   directive.Value[string]
	TrustedCertificate  directive.Value[string]
	CRL                 directive.Value[string]
	SessionTimeout      directive.Value[duration]
	Tickets             directive.Value[bool]
	TicketKeys          directive.Value[[]string]
	Stapling            directive.Value[bool]
	StaplingFile        directive.Value[string]
	StaplingResponder   directive.Value[string]
	StaplingVerify      directive.Value[bool]
	EarlyData           directive.Value[bool]
	Reject              directive.Value[bool]
	Compression         directive.Value[bool]

	cache    cacheConf
	commands [][2]string

	// Of a server{}, once built.
	server *certs.Server // nil: no certificate, and handshakes not rejected
	pairs  []pair        // certificates whose names have variables
	source httpd.CertificateSource
}

// pair is a certificate and its key as values of each handshake.
type pair struct{ cert, key *httpd.Value }

func sec(get func(*conf) *directive.Value[duration]) directive.Setter { return directive.Sec(get) }

// readPasswords is ngx_http_ssl_password_file.
func readPasswords(c *directive.Call) ([][]byte, error) {
	b := httpd.BuilderOf(c)
	p, err := certs.PasswordsFrom(b.Cycle.ReadFile, b.Cycle.ConfPath(c.Args[0]))
	if err != nil {
		return nil, directive.Errorf("%s", err)
	}
	return p, nil
}

func readCommand(c *directive.Call, conf *conf) error {
	conf.commands = append(conf.commands, [2]string{c.Args[0], c.Args[1]})
	return nil
}

func inheritCommands(parent, child *conf) {
	if child.commands == nil {
		child.commands = parent.commands
	}
}
