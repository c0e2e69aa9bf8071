// Package tcplog is the plugin tcp-log: a line of JSON for each request, sent over TCP.
package tcplog

import (
	"cmp"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
	"moongate/gateway/schema"
)

// Plugin is tcp-log.
var Plugin = plugin.Plugin{
	Name:     "tcp-log",
	Observes: true,
	Doc:      "Sends a line about each request over TCP.",
	Config: schema.Shape{Fields: append(logging.ReceiverFields(), logging.With(
		schema.Field{Name: "keepalive", Kind: schema.Number, Default: 60000, Doc: "Milliseconds that a connection may be idle."},
		schema.Field{Name: "tls", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether TLS is spoken."},
		schema.Field{Name: "tls_sni", Kind: schema.String, Doc: "The name that TLS asks for."},
		schema.Field{Name: "ssl_verify", Kind: schema.Boolean, Required: true, Default: false, Ours: true, Doc: "Whether the certificate is checked; Kong never does."},
	)...)},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		var conf struct {
			logging.Receiver
			logging.Content
			Keepalive float64 `json:"keepalive"`
			TLS       bool    `json:"tls"`
			SNI       string  `json:"tls_sni"`
			Verify    bool    `json:"ssl_verify"`
		}
		if err := c.Decode(&conf); err != nil {
			return nil, err
		}
		s := &logging.Lines{Conn: conf.Conn("tcp")}
		s.Keep = logging.Milliseconds(conf.Keepalive)
		if conf.TLS {
			s.TLS = logging.TLS(cmp.Or(conf.SNI, conf.Host), conf.Verify)
		}
		return logging.New(logging.Env{Env: e, Name: "tcp-log " + c.ID}, logging.Standard, conf.Content, s, nil)
	},
}
