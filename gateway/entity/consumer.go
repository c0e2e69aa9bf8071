package entity

import "moongate/gateway/schema"

// Consumer is who calls.
type Consumer struct {
	Base
	Username string `json:"username"`
	CustomID string `json:"custom_id"`
}

// KeyAuth is a key of a consumer.
type KeyAuth struct {
	Base
	Consumer *Ref   `json:"consumer"`
	Key      string `json:"key"`
	TTL      int    `json:"ttl"` // seconds after created_at; 0 for ever
}

// BasicAuth is a user name with a password, which is kept as CheckPassword
// understands it.
type BasicAuth struct {
	Base
	Consumer *Ref   `json:"consumer"`
	Username string `json:"username"`
	Password string `json:"password"`
}

// JWTSecret is what a consumer's tokens are signed with.
type JWTSecret struct {
	Base
	Consumer     *Ref   `json:"consumer"`
	Key          string `json:"key"` // what the token's iss names
	Secret       string `json:"secret"`
	RSAPublicKey string `json:"rsa_public_key"` // PEM, of any kind
	Algorithm    string `json:"algorithm"`
}

// HMACAuth is what a consumer's requests are signed with.
type HMACAuth struct {
	Base
	Consumer *Ref   `json:"consumer"`
	Username string `json:"username"`
	Secret   string `json:"secret"`
}

// MTLSAuth is a name in certificates of a consumer.
type MTLSAuth struct {
	Base
	Consumer  *Ref   `json:"consumer"`
	Subject   string `json:"subject_name"`
	Authority *Ref   `json:"ca_certificate"` // nil: whoever has signed it
}

// ACL puts a consumer into a group.
type ACL struct {
	Base
	Consumer *Ref   `json:"consumer"`
	Group    string `json:"group"`
}

func consumers() *Kind {
	unique := func(f schema.Field) schema.Field { f.Unique = true; return f }
	return &Kind{
		Name: "consumers", Path: "consumers", Key: "username", New: func() any { return new(Consumer) },
		Schema: &schema.Schema{Name: "consumers", Doc: "Who calls.", Shape: schema.Shape{
			Fields: entityFields(
				unique(str("username", "The consumer's name.", nil)),
				unique(str("custom_id", "Its id in your own records.", nil)),
			),
			Checks: []schema.Check{{Kind: schema.AtLeastOneOf, Fields: []string{"custom_id", "username"}}},
		}},
	}
}

// credential is a kind that belongs to a consumer.
func credential(name, path, nested, key string, newStruct func() any, fields ...schema.Field) *Kind {
	consumer := required(foreign("consumer", "consumers", schema.Cascade, "Whose it is."))
	return &Kind{
		Name: name, Path: path, Nested: nested, Key: key, New: newStruct,
		Schema: &schema.Schema{Name: name, Shape: schema.Shape{Fields: entityFields(append([]schema.Field{consumer}, fields...)...)}},
	}
}

// made is a value that the gateway makes up when it is not given.
func made(f schema.Field) schema.Field { f.Auto, f.Required = true, true; return f }

func secret(f schema.Field) schema.Field { f.Secret = true; return f }

func unique(f schema.Field) schema.Field { f.Unique = true; return f }

func credentials() []*Kind {
	key := credential("keyauth_credentials", "key-auths", "key-auth", "key", func() any { return new(KeyAuth) },
		made(secret(unique(str("key", "The key that requests show.", nil)))),
		integer("ttl", nil, 0, 100000000, "Seconds after its creation when it ends; 0 for never."))
	key.Schema.Doc = "A key of a consumer."

	basic := credential("basicauth_credentials", "basic-auths", "basic-auth", "username", func() any { return new(BasicAuth) },
		required(unique(str("username", "The user's name.", nil))),
		required(secret(str("password", "The password; only a hash of it is kept.", nil))))
	basic.Schema.Doc = "A user name and password of a consumer."
	basic.tidy = tidyPassword

	jwt := credential("jwt_secrets", "jwts", "jwt", "key", func() any { return new(JWTSecret) },
		made(unique(str("key", "What the token's iss claim names.", nil))),
		made(secret(str("secret", "The secret of HS algorithms.", nil))),
		str("rsa_public_key", "The public key (PEM) of the other algorithms.", checkPublicKey),
		oneOf("algorithm", "HS256", "How tokens are signed.", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512",
			"ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "EdDSA"))
	jwt.Schema.Doc = "What a consumer's tokens are signed with."
	jwt.Schema.Checks = []schema.Check{{
		Kind: schema.Conditional,
		If:   schema.Cond{Field: "algorithm", NotOneOf: list("HS256", "HS384", "HS512")},
		Then: schema.Cond{Field: "rsa_public_key", Required: true},
	}}

	hmac := credential("hmacauth_credentials", "hmac-auths", "hmac-auth", "username", func() any { return new(HMACAuth) },
		required(unique(str("username", "The name that the signature header shows.", nil))),
		made(secret(str("secret", "The shared secret.", nil))))
	hmac.Schema.Doc = "What a consumer's requests are signed with."

	mtls := credential("mtls_auth_credentials", "mtls-auths", "mtls-auth", "", func() any { return new(MTLSAuth) },
		required(str("subject_name", "A name of the certificate: of its alternative names, or its common name.", nil)),
		foreign("ca_certificate", "ca_certificates", schema.Cascade, "Who must have signed it; all that the plugin trusts without it."))
	mtls.Schema.Doc = "A name in certificates of a consumer."
	mtls.Uniques = [][]string{{"subject_name", "ca_certificate"}}

	acl := credential("acls", "acls", "acls", "group", func() any { return new(ACL) },
		required(str("group", "The group's name.", nil)))
	acl.Schema.Doc = "A group that a consumer is in."
	acl.Uniques = [][]string{{"consumer", "group"}}
	return []*Kind{key, basic, jwt, hmac, mtls, acl}
}
