package check

import (
	"crypto/tls"
	"fmt"
	"os"

	"moongate/engine/certs"
	"moongate/keepalived/config"
)

// TLS is what SSL_GET shows servers: the root block SSL. Certificates of servers
// are not verified, as keepalived does not: a check asks whether somebody answers.
type TLS struct{ certs []tls.Certificate }

// NewTLS reads the files of the block. The error is the line for the log.
func NewTLS(s config.SSL) (*TLS, error) {
	t := new(TLS)
	if s.CA != "" {
		if _, err := os.Stat(s.CA); err != nil {
			return nil, fmt.Errorf("SSL error : Cant load CA file... (%w)", err)
		}
	}
	if s.Certificate == "" {
		return t, nil
	}
	key := s.Key
	if key == "" {
		key = s.Certificate
	}
	var passwords [][]byte
	if s.Password != "" {
		passwords = [][]byte{[]byte(s.Password)}
	}
	cert, err := certs.LoadPair(s.Certificate, key, passwords)
	if err != nil {
		what := "key"
		if _, serr := os.Stat(s.Certificate); serr != nil {
			what = "certificate"
		}
		return nil, fmt.Errorf("SSL error : Cant load %s file... (%w)", what, err)
	}
	t.certs = []tls.Certificate{*cert}
	return t, nil
}

// configFor is for one URL, since the name may be the URL's own.
func (k *web) configFor(u *webURL) *tls.Config {
	c := &tls.Config{
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10,
		Certificates:       k.env.certs,
	}
	if k.c.HTTP.SNI || k.c.HTTP.SNIName != "" {
		c.ServerName = k.c.HTTP.SNIName
		for _, name := range []string{u.VirtualHost, k.c.HTTP.VirtualHost} {
			if c.ServerName == "" {
				c.ServerName = name
			}
		}
	}
	return c
}
