// Package udplog is the plugin udp-log: a datagram of JSON for each request.
package udplog

import (
	"net"
	"strconv"
	"time"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
	"moongate/gateway/schema"
)

// Plugin is udp-log.
var Plugin = plugin.Plugin{
	Name: "udp-log",
	Doc:  "Sends a datagram about each request.",
	Config: schema.Shape{Fields: append([]schema.Field{
		{Name: "host", Kind: schema.String, Required: true, Doc: "Where to."},
		{Name: "port", Kind: schema.Integer, Required: true, Between: schema.Between(0, 65535), Doc: "Its port."},
		{Name: "timeout", Kind: schema.Number, Default: 10000, Doc: "Milliseconds that it may take."},
	}, logging.Custom()...)},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		var conf struct {
			Host    string         `json:"host"`
			Port    int            `json:"port"`
			Timeout float64        `json:"timeout"`
			Fields  logging.Fields `json:"custom_fields"`
		}
		if err := c.Decode(&conf); err != nil {
			return nil, err
		}
		s := &logging.Datagrams{Conn: logging.Conn{Network: "udp", Address: net.JoinHostPort(conf.Host, strconv.Itoa(conf.Port)),
			Timeout: time.Duration(conf.Timeout * float64(time.Millisecond))}}
		return logging.New(logging.Env{Env: e, Name: "udp-log " + c.ID}, logging.Standard, conf.Fields, s, nil), nil
	},
}
