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
			if one, err = k.PairCache.V.Pair(strings.Clone(cert), strings.Clone(key), k.Passwords.V); err != nil {
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
