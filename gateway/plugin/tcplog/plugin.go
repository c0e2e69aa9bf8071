// Package tcplog is the plugin tcp-log: a line of JSON for each request, sent over TCP.
package tcplog

import (
	"bytes"
	"crypto/tls"
	"net"
	"strconv"
	"time"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
	"moongate/gateway/schema"
)

// Plugin is tcp-log.
var Plugin = plugin.Plugin{
	Name: "tcp-log",
	Doc:  "Sends a line about each request over TCP.",
	Config: schema.Shape{Fields: append([]schema.Field{
		{Name: "host", Kind: schema.String, Required: true, Doc: "Where to."},
		{Name: "port", Kind: schema.Integer, Required: true, Between: schema.Between(0, 65535), Doc: "Its port."},
		{Name: "timeout", Kind: schema.Number, Default: 10000, Doc: "Milliseconds that it may take."},
		{Name: "keepalive", Kind: schema.Number, Default: 60000, Doc: "Milliseconds that a connection may be idle."},
		{Name: "tls", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether TLS is spoken; the certificate is not checked, as in Kong."},
		{Name: "tls_sni", Kind: schema.String, Doc: "The name that TLS asks for."},
	}, logging.Custom()...)},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		var conf struct {
			Host      string         `json:"host"`
			Port      int            `json:"port"`
			Timeout   float64        `json:"timeout"`
			Keepalive float64        `json:"keepalive"`
			TLS       bool           `json:"tls"`
			SNI       string         `json:"tls_sni"`
			Fields    logging.Fields `json:"custom_fields"`
		}
		if err := c.Decode(&conf); err != nil {
			return nil, err
		}
		s := &sink{logging.Conn{Network: "tcp", Address: net.JoinHostPort(conf.Host, strconv.Itoa(conf.Port)),
			Timeout: milliseconds(conf.Timeout), Keep: milliseconds(conf.Keepalive)}}
		if conf.TLS {
			s.TLS = &tls.Config{ServerName: conf.SNI, InsecureSkipVerify: true}
		}
		return logging.New(logging.Env{Env: e, Name: "tcp-log " + c.ID}, logging.Standard, conf.Fields, s, nil), nil
	},
}

func milliseconds(f float64) time.Duration { return time.Duration(f * float64(time.Millisecond)) }

type sink struct{ logging.Conn }

// Write implements logging.Sink.
func (s *sink) Write(batch [][]byte) error {
	return s.Conn.Write(append(bytes.Join(batch, []byte("\n")), '\n'))
}
