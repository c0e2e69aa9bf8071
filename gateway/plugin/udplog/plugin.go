// Package udplog is the plugin udp-log: a datagram of JSON for each request.
package udplog

import (
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
	"moongate/gateway/schema"
)

// Plugin is udp-log.
var Plugin = plugin.Plugin{
	Name:     "udp-log",
	Observes: true,
	Doc:      "Sends a datagram about each request.",
	Config:   schema.Shape{Fields: logging.With(logging.ReceiverFields()...)},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		var conf struct {
			logging.Receiver
			logging.Content
		}
		if err := c.Decode(&conf); err != nil {
			return nil, err
		}
		s := &logging.Datagrams{Conn: conf.Conn("udp")}
		return logging.New(logging.Env{Env: e, Name: "udp-log " + c.ID}, logging.Standard, conf.Content, s, nil)
	},
}
