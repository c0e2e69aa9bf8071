package etcd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// config is what an address says.
type config struct {
	endpoints      []string // http or https
	user, password string
	tls            *tls.Config
}

// parse reads etcd://[user:password@]host:port[,host:port...]/prefix, or etcds://
// for TLS, with ?ca=FILE&cert=FILE&key=FILE.
func parse(address string) (c config, prefix string, err error) {
	scheme, rest, _ := strings.Cut(address, "://")
	if scheme != "etcd" && scheme != "etcds" {
		return c, "", errors.New("an address of etcd begins with etcd:// or etcds://")
	}
	rest, query, _ := strings.Cut(rest, "?")
	hosts, path, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(hosts, '@'); i >= 0 {
		u, err := url.Parse("//" + hosts[:i] + "@h")
		if err != nil {
			return c, "", errors.New("the user in the address can't be read")
		}
		c.user = u.User.Username()
		c.password, _ = u.User.Password()
		hosts = hosts[i+1:]
	}
	web := map[string]string{"etcd": "http://", "etcds": "https://"}[scheme]
	for _, h := range strings.Split(hosts, ",") {
		if h == "" {
			return c, "", errors.New("a host is missing in the address")
		}
		c.endpoints = append(c.endpoints, web+h)
	}
	if prefix = strings.Trim(path, "/"); prefix == "" {
		prefix = "moongate"
	}
	options, err := url.ParseQuery(query)
	if err != nil {
		return c, "", fmt.Errorf("the address has a bad query: %w", err)
	}
	if scheme == "etcds" {
		c.tls, err = tlsConfig(options)
	}
	return c, "/" + prefix + "/", err
}

func tlsConfig(o url.Values) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if name := o.Get("ca"); name != "" {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s: there is no certificate in it", name)
		}
	}
	if o.Get("cert") != "" || o.Get("key") != "" {
		pair, err := tls.LoadX509KeyPair(o.Get("cert"), o.Get("key"))
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}
