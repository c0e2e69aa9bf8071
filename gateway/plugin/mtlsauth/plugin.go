// Package mtlsauth is the plugin mtls-auth: consumers show a certificate in the handshake
// (RFC 8446, 4.4.2). The fields are those of Kong's plugin of that name.
//
// Nobody knows a request's route while hands are shaken, so that clients are asked by the
// name that they ask for (plugin.Asks), and judged when the request has come.
package mtlsauth

import (
	"time"

	"moongate/gateway/client"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is mtls-auth.
var Plugin = plugin.Plugin{
	Name:    "mtls-auth",
	Doc:     "Consumers show a certificate.",
	Without: plugin.OfConsumer,
	Tells:   plugin.ByConfig,
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "ca_certificates", Kind: schema.Array, Required: true, LenMin: 1, Elem: &schema.Field{Kind: schema.String, UUID: true}, Doc: "Ids of the ca_certificates that are trusted, those in between too."},
		plugin.AnonymousField,
		{Name: "consumer_by", Kind: schema.Array, Default: []string{"username", "custom_id"}, Elem: &schema.Field{Kind: schema.String, OneOf: schema.Words("username", "custom_id")}, Doc: "What of a consumer a name in a certificate is, where no credential has it."},
		{Name: "skip_consumer_lookup", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether a good certificate is enough, without a consumer."},
		{Name: "authenticated_group_by", Kind: schema.String, Default: "CN", OneOf: schema.Words("CN", "DN"), Doc: "What of a certificate is the group that acl goes by, with skip_consumer_lookup: the common name, or the whole name."},
		{Name: "allow_partial_chain", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether one of ca_certificates is enough that is not self-signed."},
		{Name: "send_ca_dn", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether clients are told the names of ca_certificates."},
		{Name: "cache_ttl", Kind: schema.Number, Required: true, Default: 60, Between: schema.Between(0, 3600), Doc: "Seconds that a certificate which has been checked is not checked again."},
		{Name: "revocation_check_mode", Kind: schema.String, Default: "IGNORE_CA_ERROR", OneOf: schema.Words("SKIP", "IGNORE_CA_ERROR", "STRICT"), Doc: "Whether issuers are asked for certificates that they have taken back: never (SKIP), where they answer (IGNORE_CA_ERROR), always, so that only those are let in that are known to be good (STRICT)."},
		{Name: "http_timeout", Kind: schema.Number, Default: 30000, Between: schema.Between(1, 600000), Doc: "Milliseconds that an issuer may take for an answer."},
		{Name: "cert_cache_ttl", Kind: schema.Number, Default: 60000, Between: schema.Between(1000, 86400000), Doc: "Milliseconds after which issuers are asked again, in the background."},
	}},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := &instance{env: e, id: c.ID}
		if err := c.Decode(i); err != nil {
			return nil, err
		}
		if e.Worker != nil && (i.Mode == "STRICT" || i.Mode == "IGNORE_CA_ERROR") {
			i.client = &client.Client{Loop: e.Worker.Loop, Timeout: time.Duration(i.Timeout * float64(time.Millisecond)), Most: mostList}
			i.revoked = newRevocation(e, i.client, time.Duration(i.Fresh*float64(time.Millisecond)))
		}
		i.keep = time.Duration(i.TTL * float64(time.Second))
		return i, nil
	},
}
