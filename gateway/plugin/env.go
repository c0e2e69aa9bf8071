package plugin

import (
	"crypto/tls"
	"crypto/x509"
	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/gateway/entity"
	"moongate/gateway/meter"
)

// Env is what a worker lends to its plugins.
type Env struct {
	Worker *httpd.Worker
	Log    *errlog.Log
	// Dict is memory that all workers of this node share, for counts that must be exact.
	// Keys begin with the plugin's name and the configuration's id.
	Dict *zone.Dict
	// Meter is the counts for /metrics, in memory of all workers.
	Meter *meter.Table
	// Cache is memory of the same kind for answers; what was not used for longest goes.
	Cache *zone.Dict
	// Bells wake requests in all workers that wait for what one of them does.
	Bells *zone.Bells
	// Zones is the memory that the server's configuration declares, with its caches.
	Zones *zone.Zones
	// Data is the gateway's folder, for what a node keeps on disk.
	Data string
	// Known is what the gateway knows now; ask anew for each request.
	Known func() Known
}

// Known is the gateway's entities at one moment. What it returns must not be changed.
type Known interface {
	Consumer(id string) *entity.Consumer
	// ConsumerNamed finds a consumer by its username, custom_id or id.
	ConsumerNamed(name string) *entity.Consumer
	KeyAuth(key string) *entity.KeyAuth
	BasicAuth(username string) *entity.BasicAuth
	JWTSecret(key string) *entity.JWTSecret
	HMACAuth(username string) *entity.HMACAuth
	// MTLSAuth finds who a certificate with a name is of, that an authority (the id of one
	// of ca_certificates) vouches for; "": whoever vouches for it.
	MTLSAuth(subject, authority string) *entity.MTLSAuth
	Certificate(id string) *tls.Certificate
	// Authority is one of ca_certificates.
	Authority(id string) *x509.Certificate
	// Groups are those that a consumer is in (the entity acls).
	Groups(consumer string) []string
	// Entities are all documents; nil while nothing is known. Of what makes documents easy to
	// find they have what workers need (plane.NewModel).
	Entities() *entity.State
}
