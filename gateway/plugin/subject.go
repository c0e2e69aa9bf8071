package plugin

import (
	"crypto/sha256"
	"strings"

	"moongate/gateway/schema"
)

// Subject says whose requests are counted together, as Kong's limits do.
type Subject struct {
	By         string `json:"limit_by"`
	HeaderName string `json:"header_name"`
	Path       string `json:"path"`
}

// SubjectFields are a Subject's fields in a configuration, SubjectChecks their checks.
func SubjectFields() []schema.Field {
	return []schema.Field{
		{Name: "limit_by", Kind: schema.String, Default: "consumer", OneOf: schema.Words("consumer", "credential", "ip", "service", "header", "path", "route"), Doc: "Whose requests are counted together (route is ours); those without it are by their address."},
		{Name: "header_name", Kind: schema.String, Doc: "The header of limit_by header."},
		{Name: "path", Kind: schema.String, Doc: "The path of limit_by path."},
	}
}

// SubjectChecks: see SubjectFields.
func SubjectChecks() []schema.Check {
	return []schema.Check{Requires("limit_by", "header", "header_name"), Requires("limit_by", "path", "path")}
}

// Requires is the check that a field is there when another one has a value.
func Requires(field, value, other string) schema.Check {
	return schema.Check{Kind: schema.Conditional, If: schema.Cond{Field: field, OneOf: schema.Words(value)}, Then: schema.Cond{Field: other, Required: true}}
}

// longest is the longest name that a key holds as it is; of others it has a digest, so
// that nobody fills the memory by long ones.
const longest = 64

// AppendKey appends what a request is counted by.
func (s *Subject) AppendKey(b []byte, x *Context) []byte {
	who := s.of(x)
	if len(who) <= longest {
		return append(b, who...)
	}
	sum := sha256.Sum256([]byte(who))
	return append(b, sum[:]...)
}

func (s *Subject) of(x *Context) string {
	id := ""
	switch s.By {
	case "consumer":
		if id = x.Credential; x.Consumer != nil {
			id = x.Consumer.ID
		}
	case "credential":
		id = x.Credential
	case "service":
		if x.Service != nil {
			id = x.Service.ID
		}
	case "route":
		if x.Route != nil {
			id = x.Route.ID
		}
	case "header":
		id, _ = x.R.In.Get(s.HeaderName)
	case "path":
		if path, _, _ := strings.Cut(x.R.UnparsedURI, "?"); path == s.Path {
			id = path
		}
	}
	if id == "" {
		id = x.R.RemoteAddrText()
	}
	return id
}
