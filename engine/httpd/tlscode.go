package httpd

import (
	"crypto/tls"
	"crypto/x509"

	"moongate/engine/certs"
)

// HandshakeCode is code of another module's that runs while a client's handshake is
// under way (ssl_client_hello_by_lua*, ssl_certificate_by_lua*). It may wait. An
// error ends the handshake and has been logged.
type HandshakeCode interface {
	// HasHello and HasCertificate tell whether a server has such code.
	HasHello(s *Server) bool
	HasCertificate(s *Server) bool
	// Hello runs before a server is chosen by the name that the client asks for.
	Hello(c *Conn, t *certs.Conn, s *Server) error
	// Certificate runs when a certificate is to be shown.
	Certificate(c *Conn, t *certs.Conn, s *Server) error
}

// SetHandshakeCode is how a module offers it, from InitMain.
func (b *Builder) SetHandshakeCode(h HandshakeCode) { b.handshakes = h }

// HandshakeCode is what a module has offered, nil when none has.
func (b *Builder) HandshakeCode() HandshakeCode { return b.handshakes }

// CertificateSource is a module that has certificates which are not written in the
// configuration, and may be other ones from one handshake to the next (the gateway's).
type CertificateSource interface {
	// Serves tells whether it has certificates for a server. Such a server needs no
	// ssl_certificate to listen with TLS. It is asked from Init on.
	Serves(s *Server) bool
	// Certificates are those for a name, "" where the client has named none. With last
	// there is no other one to show.
	Certificates(name string, last bool) []*tls.Certificate
	// Asks tells whether clients that ask for a name are asked for certificates, which the
	// module judges by itself, and which authorities they are told.
	Asks(name string) (authorities []*x509.Certificate, asks bool)
}

// SetCertificates is how a module offers it, from InitMain.
func (b *Builder) SetCertificates(s CertificateSource) { b.certificates = s }

// Certificates is what a module has offered, nil when none has.
func (b *Builder) Certificates() CertificateSource { return b.certificates }

// PeerCode is code of another module's that runs while a handshake with an upstream
// server is under way (proxy_ssl_certificate_by_lua*, proxy_ssl_verify_by_lua*). It
// may wait. An error ends the handshake.
type PeerCode interface {
	// ChoosesFor and JudgesFor are the names of such code in a location, "" for none.
	ChoosesFor(l *Location) string
	JudgesFor(l *Location) string
	// Choose sets the certificate that is shown to the server, Judge looks at the one
	// that the server has shown.
	Choose(r *Request, t *certs.Conn) error
	Judge(r *Request, t *certs.Conn) error
}

// SetPeerCode is how a module offers it, from InitMain.
func (b *Builder) SetPeerCode(p PeerCode) { b.peers = p }

// PeerCode is what a module has offered, nil when none has.
func (b *Builder) PeerCode() PeerCode { return b.peers }
