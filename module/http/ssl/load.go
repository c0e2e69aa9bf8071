package ssl

import (
	"crypto/tls"
	"strings"

	"moongate/core/errlog"
	"moongate/engine/certs"
	"moongate/engine/httpd"
)

// load gives a handshake the certificates whose names have variables.
func (k *conf) load(c *httpd.Conn, t *certs.Conn, s *httpd.Server) (err error) {
	var list []*tls.Certificate
	c.WithRequest(s, func(r *httpd.Request) {
		for _, p := range k.pairs {
			full := s.HTTP().Cycle.ConfPath
			cert, key := fullName(full, p.cert.Eval(r)), fullName(full, p.key.Eval(r))
			var one *tls.Certificate
			if one, err = k.loadPair(strings.Clone(cert), strings.Clone(key)); err != nil {
				r.Logf(errlog.Error, "%s", err)
				err = certs.ErrCertificate
				return
			}
			list = append(list, one)
		}
	})
	if err == nil {
		t.UseCertificates(list...)
	}
	return err
}

func (k *conf) loadPair(cert, key string) (*tls.Certificate, error) {
	cache := k.PairCache.V
	if cache == nil || strings.HasPrefix(cert, "data:") {
		return certs.LoadPair(cert, key, k.Passwords.V)
	}
	return cache.get(cert, key, k.Passwords.V)
}
