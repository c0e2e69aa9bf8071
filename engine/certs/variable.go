package certs

import (
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
)

// Protocol is $ssl_protocol.
func (c *Conn) Protocol() string { return VersionName(c.state.Version) }

// Cipher is $ssl_cipher.
func (c *Conn) Cipher() string { return CipherName(c.state.CipherSuite) }

// Ciphers is $ssl_ciphers: what the client offered, unknown ones in hex.
func (c *Conn) Ciphers() string {
	names := make([]string, len(c.hello.ciphers))
	for i, id := range c.hello.ciphers {
		names[i] = CipherName(id)
	}
	return strings.Join(names, ":")
}

// Curve is $ssl_curve.
func (c *Conn) Curve() string { return CurveName(c.state.CurveID) }

// Curves is $ssl_curves: what the client offered.
func (c *Conn) Curves() string {
	names := make([]string, len(c.hello.curves))
	for i, id := range c.hello.curves {
		names[i] = CurveName(id)
	}
	return strings.Join(names, ":")
}

// SigAlg is $ssl_sigalg: how this server signed; "" in a resumed session.
func (c *Conn) SigAlg() string { return c.sigalg }

// SigAlgs is $ssl_sigalgs: what the client offered, as numbers (as nginx
// prints them before OpenSSL 4).
func (c *Conn) SigAlgs() string {
	names := make([]string, len(c.hello.schemes))
	for i, s := range c.hello.schemes {
		names[i] = fmt.Sprintf("0x%04x", uint16(s))
	}
	return strings.Join(names, ":")
}

// Reused is $ssl_session_reused.
func (c *Conn) Reused() string {
	if c.state.DidResume {
		return "r"
	}
	return "."
}

// SessionID is $ssl_session_id: 64 hex digits that stay the same when the
// session is resumed, "" when the client got no session.
func (c *Conn) SessionID() string {
	if !c.session.known {
		return ""
	}
	return hex.EncodeToString(c.session.id[:])
}

// ServerName is $ssl_server_name.
func (c *Conn) ServerName() string {
	if c.pick != nil {
		return c.hello.name
	}
	return c.state.ServerName
}

// ALPN is $ssl_alpn_protocol.
func (c *Conn) ALPN() string { return c.state.NegotiatedProtocol }

// EarlyData is $ssl_early_data: never "1", since 0-RTT is not accepted.
func (c *Conn) EarlyData() string { return "" }

// ClientVerify is $ssl_client_verify.
func (c *Conn) ClientVerify() string {
	if c.PeerCertificate() == nil {
		return "NONE"
	}
	if r := c.VerifyResult(); r != VerifyOK {
		return "FAILED:" + r.String()
	}
	return "SUCCESS"
}

// ClientSigAlg is $ssl_client_sigalg. crypto/tls keeps the scheme in a field
// of ConnectionState that it does not export; reading one through reflect is
// allowed, and a release without it leaves the variable empty.
func (c *Conn) ClientSigAlg() string {
	if c.PeerCertificate() == nil || c.state.DidResume {
		return ""
	}
	f := reflect.ValueOf(&c.state).Elem().FieldByName("testingOnlyPeerSignatureAlgorithm")
	if !f.IsValid() || !f.CanUint() {
		return ""
	}
	return schemeNames[uint16(f.Uint())]
}

var schemeNames = map[uint16]string{
	0x0401: "rsa_pkcs1_sha256", 0x0501: "rsa_pkcs1_sha384", 0x0601: "rsa_pkcs1_sha512", 0x0201: "rsa_pkcs1_sha1",
	0x0804: "rsa_pss_rsae_sha256", 0x0805: "rsa_pss_rsae_sha384", 0x0806: "rsa_pss_rsae_sha512", 0x0807: "ed25519",
	0x0403: "ecdsa_secp256r1_sha256", 0x0503: "ecdsa_secp384r1_sha384", 0x0603: "ecdsa_secp521r1_sha512", 0x0203: "ecdsa_sha1",
}

// Admission is what ssl_verify_client says of a connection.
type Admission uint8

const (
	Admitted       Admission = iota
	BadCertificate           // NGX_HTTPS_CERT_ERROR, 495
	NoCertificate            // NGX_HTTPS_NO_CERT, 496
)

// Admit judges c's client certificate by s, the server that serves the
// request; the text is nginx's log line, of level info.
func (s *Server) Admit(c *Conn) (Admission, string) {
	if s.verify == VerifyOff {
		return Admitted, ""
	}
	if c.PeerCertificate() == nil {
		if s.verify == VerifyOn {
			return NoCertificate, "client sent no required SSL certificate"
		}
		return Admitted, ""
	}
	if r := c.VerifyResult(); r != VerifyOK && (s.verify != VerifyOptionalNoCA || !r.Optional()) {
		return BadCertificate, fmt.Sprintf("client SSL certificate verify error: (%d:%s)", int(r), r)
	}
	return Admitted, ""
}
