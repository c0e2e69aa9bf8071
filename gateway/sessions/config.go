package sessions

import (
	"encoding/json"
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Config is what an operator says of sessions, in the words of Kong's plugin session.
type Config struct {
	Secret   string   `json:"secret"`
	Before   []string `json:"previous_secrets"`
	Audience string   `json:"audience"`
	Storage  string   `json:"storage"`
	Idling   float64  `json:"idling_timeout"` // seconds; 0 for no limit, as are the next two
	Rolling  float64  `json:"rolling_timeout"`
	Absolute float64  `json:"absolute_timeout"`

	Name     string `json:"cookie_name"`
	Path     string `json:"cookie_path"`
	Domain   string `json:"cookie_domain"`
	SameSite string `json:"cookie_same_site"`
	HTTPOnly bool   `json:"cookie_http_only"`
	Secure   *bool  `json:"cookie_secure"` // nil: as the request is

	Redis plugin.Redis `json:"-"`
}

// Fields are the fields of a Config, whose names begin with a prefix.
func Fields(prefix, sameSite string, secure any) []schema.Field {
	seconds := func(name string, standard int, doc string) schema.Field {
		return schema.Field{Name: name, Kind: schema.Number, Default: standard, Between: schema.Between(0, 1e9), Doc: doc}
	}
	list := []schema.Field{
		{Name: "secret", Kind: schema.String, Required: true, Auto: true, Secret: true, LenMin: 16, Doc: "What sessions are sealed with; made up when it is not given."},
		{Name: "previous_secrets", Kind: schema.Array, Ours: true, Secret: true, LenMax: 4, Elem: &schema.Field{Kind: schema.String}, Doc: "Secrets of before: what they have sealed still counts."},
		{Name: "audience", Kind: schema.String, Default: "default", Doc: "Sessions of one audience are none of another one, also with the same secret."},
		{Name: "storage", Kind: schema.String, Default: "cookie", OneOf: schema.Words("cookie", "redis"), Doc: "Where sessions lie."},
		seconds("idling_timeout", 900, "Seconds for which a session may be unused; 0 for no limit."),
		seconds("rolling_timeout", 3600, "Seconds within which it must be renewed, which use does in their last quarter; 0 for no limit."),
		seconds("absolute_timeout", 86400, "Seconds after which it ends in any case; 0 for no limit."),
		{Name: "cookie_name", Kind: schema.String, Default: "session", Check: CheckName, Doc: "The cookie's name."},
		{Name: "cookie_path", Kind: schema.String, Default: "/", Check: CheckPath, Doc: "For which paths it is."},
		{Name: "cookie_domain", Kind: schema.String, Check: CheckDomain, Doc: "For which hosts it is; only the one asked without it."},
		{Name: "cookie_same_site", Kind: schema.String, Default: sameSite, OneOf: schema.Words("Strict", "Lax", "None", "Default"), Doc: "Whether it comes with requests that other sites cause."},
		{Name: "cookie_http_only", Kind: schema.Boolean, Default: true, Doc: "Whether scripts in pages can't see it."},
		{Name: "cookie_secure", Kind: schema.Boolean, Default: secure, Doc: "Whether it comes over TLS only."},
	}
	for i := range list {
		list[i].Name = prefix + list[i].Name
	}
	return list
}

// RedisField is the record redis, which has no prefix.
func RedisField() schema.Field {
	return schema.Field{Name: "redis", Kind: schema.Record, Required: true, Shape: plugin.RedisShape(), Doc: "The Redis of sessions."}
}

// NeedsRedis is the check that there is a server where sessions lie in one.
func NeedsRedis(prefix string) schema.Check {
	return plugin.Requires(prefix+"storage", "redis", "redis.host")
}

// Read reads a Config out of a plugin's.
func (c *Config) Read(raw json.RawMessage, prefix string) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return err
	}
	if r := all["redis"]; r != nil {
		if err := json.Unmarshal(r, &c.Redis); err != nil {
			return err
		}
	}
	mine := map[string]json.RawMessage{}
	for name, v := range all {
		if short, ok := strings.CutPrefix(name, prefix); ok {
			mine[short] = v
		}
	}
	b, err := json.Marshal(mine)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, c)
}

// CheckName judges its name: it wants a token (RFC 6265, 4.1.1).
func CheckName(v any) string {
	s, _ := v.(string)
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return "is no name of a cookie"
		}
	}
	if len(s) > 100 {
		return "is too long"
	}
	return ""
}

// CheckPath judges the Path of a cookie.
func CheckPath(v any) string {
	s, _ := v.(string)
	if !strings.HasPrefix(s, "/") {
		return "should start with: /"
	}
	return checkValue(s)
}

// CheckDomain judges its Domain.
func CheckDomain(v any) string {
	s, _ := v.(string)
	return checkValue(s)
}

// checkValue refuses what ends an attribute of a cookie.
func checkValue(s string) string {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == ';' || c == ',' {
			return "must not have blanks, commas or semicolons"
		}
	}
	return ""
}
