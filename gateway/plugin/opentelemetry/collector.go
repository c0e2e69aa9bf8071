package opentelemetry

import (
	"cmp"
	"encoding/base64"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
)

// keepFor is how long a connection to the collector may be idle.
const keepFor = 60 * time.Second

// newQueue makes the queue before a collector, nil without an endpoint.
func (conf *config) newQueue(e *plugin.Env, id, endpoint string, what signal) (*logging.Queue, error) {
	if endpoint == "" || e.Worker == nil {
		return nil, nil
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	s := &sink{log: e.Log, signal: what, name: name + " " + id, head: newHead(resource(conf.Resource)), gzip: conf.Compression == "gzip"}
	if conf.Protocol == "grpc" {
		s.way = conf.byGRPC(u, what.service)
	} else {
		s.way = conf.byHTTP(u)
	}
	things := what.name
	if what == ofTraces {
		things = "traces" // a record is all spans of a request
	}
	return logging.NewQueue(logging.Env{Env: e, Name: s.name, What: things}, conf.Queue, s), nil
}

// conn is the connection to a collector.
func (conf *config) conn(u *url.URL) logging.Conn {
	port := cmp.Or(u.Port(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	c := logging.Conn{Network: "tcp", Address: net.JoinHostPort(u.Hostname(), port), Dialing: logging.Milliseconds(conf.ConnectTimeout),
		Timeout: logging.Milliseconds(conf.SendTimeout + conf.ReadTimeout), Keep: keepFor}
	if u.Scheme == "https" {
		c.TLS = logging.TLS(u.Hostname(), conf.Verify)
	}
	return c
}

// header is what the collector is told besides, in order.
func (conf *config) header(u *url.URL) (list [][2]string) {
	if u.User != nil {
		password, _ := u.User.Password()
		list = append(list, [2]string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))})
	}
	for name, value := range conf.Headers {
		list = append(list, [2]string{name, value})
	}
	slices.SortFunc(list, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return list
}
