package ssl

import (
	"crypto/x509"
	"time"

	"moongate/engine/certs"
	"moongate/engine/httpd"
)

// variables is ngx_http_ssl_vars. All but the first two are not found when
// they are empty.
var variables = []httpd.Variable{
	{Name: "ssl_protocol", Changeable: true, Get: static((*certs.Conn).Protocol), Doc: "The protocol: TLSv1.3."},
	{Name: "ssl_cipher", Changeable: true, Get: static((*certs.Conn).Cipher), Doc: "The cipher."},
	fact("ssl_ciphers", (*certs.Conn).Ciphers, "What the client offered."),
	fact("ssl_curve", (*certs.Conn).Curve, "The group of the key exchange."),
	fact("ssl_curves", (*certs.Conn).Curves, "Groups the client offered."),
	fact("ssl_sigalg", (*certs.Conn).SigAlg, "How the server signed."),
	fact("ssl_sigalgs", (*certs.Conn).SigAlgs, "What the client offered."),
	fact("ssl_session_id", (*certs.Conn).SessionID, "The session."),
	fact("ssl_session_reused", (*certs.Conn).Reused, "\"r\" when the session was resumed, else \".\"."),
	fact("ssl_early_data", (*certs.Conn).EarlyData, "Always empty: no 0-RTT over TCP."),
	fact("ssl_server_name", (*certs.Conn).ServerName, "The name the client asked for (SNI)."),
	fact("ssl_alpn_protocol", (*certs.Conn).ALPN, "The protocol chosen by ALPN."),
	fact("ssl_ech_status", none, "Always empty."),
	fact("ssl_ech_outer_server_name", none, "Always empty."),
	peer("ssl_client_cert", certs.HeaderPEM, "The client's certificate, lines after the first with a tab."),
	peer("ssl_client_raw_cert", certs.RawPEM, "The client's certificate in PEM."),
	peer("ssl_client_escaped_cert", certs.EscapedPEM, "The same, percent-encoded."),
	peer("ssl_client_s_dn", func(c *x509.Certificate) string { return certs.DN(c.RawSubject) }, "Its subject."),
	peer("ssl_client_i_dn", func(c *x509.Certificate) string { return certs.DN(c.RawIssuer) }, "Its issuer."),
	peer("ssl_client_s_dn_legacy", func(c *x509.Certificate) string { return certs.LegacyDN(c.RawSubject) }, "Its subject, with slashes."),
	peer("ssl_client_i_dn_legacy", func(c *x509.Certificate) string { return certs.LegacyDN(c.RawIssuer) }, "Its issuer, with slashes."),
	peer("ssl_client_serial", certs.Serial, "Its serial number."),
	peer("ssl_client_fingerprint", certs.Fingerprint, "Its SHA-1."),
	fact("ssl_client_verify", (*certs.Conn).ClientVerify, "SUCCESS, FAILED:reason or NONE."),
	peer("ssl_client_v_start", func(c *x509.Certificate) string { return certs.Date(c.NotBefore) }, "From when it is valid."),
	peer("ssl_client_v_end", func(c *x509.Certificate) string { return certs.Date(c.NotAfter) }, "Until when."),
	peer("ssl_client_v_remain", func(c *x509.Certificate) string { return certs.DaysLeft(c, time.Now()) }, "Days left."),
	fact("ssl_client_sigalg", (*certs.Conn).ClientSigAlg, "How the client signed."),
}

func none(*certs.Conn) string { return "" }

func static(f func(*certs.Conn) string) func(*httpd.Request) (string, bool) {
	return func(r *httpd.Request) (string, bool) {
		if t := r.Conn.TLS(); t != nil {
			return f(t), true
		}
		return "", false
	}
}

func fact(name string, f func(*certs.Conn) string, doc string) httpd.Variable {
	return httpd.Variable{Name: name, Changeable: true, Doc: doc, Get: func(r *httpd.Request) (string, bool) {
		if t := r.Conn.TLS(); t != nil {
			v := f(t)
			return v, v != ""
		}
		return "", false
	}}
}

func peer(name string, f func(*x509.Certificate) string, doc string) httpd.Variable {
	return fact(name, func(t *certs.Conn) string {
		if c := t.PeerCertificate(); c != nil {
			return f(c)
		}
		return ""
	}, doc)
}
