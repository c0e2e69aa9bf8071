package logging

import (
	"net"
	"strconv"

	"moongate/gateway/schema"
)

// Receiver is the part of a configuration about a host that records go to. Plugins embed it.
type Receiver struct {
	Host    string  `json:"host"`
	Port    int     `json:"port"`
	Timeout float64 `json:"timeout"`
}

// ReceiverFields are its fields.
func ReceiverFields() []schema.Field {
	return []schema.Field{
		{Name: "host", Kind: schema.String, Required: true, Doc: "Where to."},
		{Name: "port", Kind: schema.Integer, Required: true, Between: schema.Between(0, 65535), Doc: "Its port."},
		{Name: "timeout", Kind: schema.Number, Default: 10000, Doc: "Milliseconds that it may take."},
	}
}

// Conn is the connection to it.
func (r *Receiver) Conn(network string) Conn {
	return Conn{Network: network, Address: net.JoinHostPort(r.Host, strconv.Itoa(r.Port)), Timeout: Milliseconds(r.Timeout)}
}
