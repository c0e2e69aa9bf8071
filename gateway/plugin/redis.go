package plugin

import (
	"crypto/tls"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/redis"
	"moongate/gateway/schema"
)

// Redis is Kong's record redis: which server a plugin uses.
type Redis struct {
	Host       string `json:"host"`
	Port       int    `json:"port"`
	Timeout    int    `json:"timeout"`
	Username   string `json:"username"`
	Password   string `json:"password"`
	Database   int    `json:"database"`
	SSL        bool   `json:"ssl"`
	SSLVerify  bool   `json:"ssl_verify"`
	ServerName string `json:"server_name"`
}

// Client speaks to the server.
func (c *Redis) Client(loop *event.Loop) *redis.Client {
	o := redis.Options{Host: c.Host, Port: c.Port, Timeout: time.Duration(c.Timeout) * time.Millisecond,
		Username: c.Username, Password: c.Password, Database: c.Database}
	if c.SSL {
		o.TLS = &tls.Config{ServerName: c.ServerName, InsecureSkipVerify: !c.SSLVerify}
		if o.TLS.ServerName == "" {
			o.TLS.ServerName = c.Host
		}
	}
	return redis.New(loop, o)
}

// RedisShape is the record's shape.
func RedisShape() schema.Shape {
	return schema.Shape{Fields: []schema.Field{
		{Name: "host", Kind: schema.String, Doc: "Name or address of the server."},
		{Name: "port", Kind: schema.Integer, Default: 6379, Between: schema.Between(0, 65535), Doc: "Its port."},
		{Name: "timeout", Kind: schema.Integer, Default: 2000, Between: schema.Between(0, 1<<31-2), Doc: "Milliseconds that it may take."},
		{Name: "username", Kind: schema.String, Doc: "Who we are."},
		{Name: "password", Kind: schema.String, Empty: true, Secret: true, Doc: "And how we prove it."},
		{Name: "database", Kind: schema.Integer, Default: 0, Doc: "Number of the database."},
		{Name: "ssl", Kind: schema.Boolean, Default: false, Doc: "Whether TLS is spoken."},
		{Name: "ssl_verify", Kind: schema.Boolean, Default: false, Doc: "Whether the server's certificate is checked."},
		{Name: "server_name", Kind: schema.String, Doc: "The name that the certificate is for."},
	}}
}
