package certs

import "time"

// ServerOptions are the ssl_* directives of one server{} after inheritance.
// Paths are absolute; the zero value of a field means nginx's default.
type ServerOptions struct {
	Certificates []string // ssl_certificate: path or data:PEM, in order
	Keys         []string // ssl_certificate_key, one for each
	Passwords    [][]byte // lines of ssl_password_file (ReadPasswords)

	Protocols           Protocols // ssl_protocols; 0 = TLSv1.2 TLSv1.3
	Ciphers             string    // ssl_ciphers; "" = HIGH:!aNULL:!MD5
	Curves              string    // ssl_ecdh_curve; "" = auto
	PreferServerCiphers bool
	DHParam             string
	ConfCommands        [][2]string // ssl_conf_command

	Verify             Verify // ssl_verify_client
	VerifyDepth        int    // ssl_verify_depth; written 0 is 0, so fill in 1
	ClientCertificate  string // ssl_client_certificate: CAs whose names are sent
	TrustedCertificate string // ssl_trusted_certificate: CAs whose names are not
	CRL                string

	Cache          SessionCache
	SessionTimeout time.Duration // ssl_session_timeout; 0 = 5 minutes
	NoTickets      bool          // ssl_session_tickets off
	TicketKeys     []string      // ssl_session_ticket_key

	Stapling        bool
	StaplingFile    string
	EarlyData       bool
	RejectHandshake bool

	// Context parts sessions of protocols from each other ("HTTP", "STREAM"),
	// as ngx_http_ssl_sess_id_ctx does.
	Context string

	// ReadFile reads what the fields name, os.ReadFile when nil: a worker gets
	// the bytes that its master has checked, even if the files have changed.
	ReadFile func(name string) ([]byte, error)

	// Shared is where all workers find the same ticket keys when neither
	// files nor a shared session cache give them. nginx needs no such place:
	// its workers are forked from a master that already drew the keys.
	Shared Zone
}

// SessionCache is ssl_session_cache.
type SessionCache struct {
	Kind    CacheKind
	Builtin int  // sessions in the worker's own cache, 0 = 20480
	Zone    Zone // shared:name:size
}

// CacheKind is how ssl_session_cache was written.
type CacheKind uint8

const (
	CacheNone    CacheKind = iota // default: reuse is offered, nothing is kept
	CacheOff                      // clients are told not to reuse
	CacheBuiltin                  // in this worker
	CacheShared                   // in a zone; Builtin may be set beside it
)

// Verify is ssl_verify_client.
type Verify uint8

const (
	VerifyOff Verify = iota
	VerifyOn
	VerifyOptional
	VerifyOptionalNoCA
)

// ClientOptions are the proxy_ssl_* directives of one location (or the
// arguments of a Lua sslhandshake) after inheritance.
type ClientOptions struct {
	Certificate string // proxy_ssl_certificate
	Key         string
	Passwords   [][]byte

	Protocols    Protocols
	Ciphers      string // "" = DEFAULT
	ConfCommands [][2]string

	Verify             bool
	VerifyDepth        int
	TrustedCertificate string
	CRL                string

	NoSessionReuse bool // proxy_ssl_session_reuse off

	// ReadFile is as in ServerOptions.
	ReadFile func(name string) ([]byte, error)
}

// Notice is told what was accepted but has no effect, to be logged as a
// warning with the directive's place.
type Notice func(text string)
