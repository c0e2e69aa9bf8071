package entity

import (
	"net/url"
	"strconv"

	"moongate/gateway/schema"
)

// Ref names another entity by its id.
type Ref struct {
	ID string `json:"id"`
}

// Base is what every entity has.
type Base struct {
	ID        string   `json:"id"`
	CreatedAt float64  `json:"created_at"`
	UpdatedAt float64  `json:"updated_at"`
	Tags      []string `json:"tags"`
}

// Service is where requests go: an upstream's name or a host.
type Service struct {
	Base
	Name              string   `json:"name"`
	Retries           int      `json:"retries"`
	Protocol          string   `json:"protocol"`
	Host              string   `json:"host"`
	Port              int      `json:"port"`
	Path              string   `json:"path"`
	ConnectTimeout    int      `json:"connect_timeout"` // milliseconds, as the others
	WriteTimeout      int      `json:"write_timeout"`
	ReadTimeout       int      `json:"read_timeout"`
	ClientCertificate *Ref     `json:"client_certificate"`
	TLSVerify         *bool    `json:"tls_verify"`
	TLSVerifyDepth    *int     `json:"tls_verify_depth"`
	CACertificates    []string `json:"ca_certificates"`
	Enabled           bool     `json:"enabled"`
}

func services() *Kind {
	milliseconds := func(name, doc string) schema.Field {
		return integer(name, 60000, 1, 1<<31-2, doc)
	}
	ca := schema.Field{Kind: schema.String, UUID: true, Reference: "ca_certificates"}
	onlyTLS := func(field string) schema.Check {
		return schema.Check{
			Kind: schema.Conditional,
			If:   schema.Cond{Field: "protocol", NotOneOf: list("https", "tls", "grpcs")},
			Then: schema.Cond{Field: field, Null: true},
		}
	}
	return &Kind{
		Name: "services", Path: "services", Key: "name", New: func() any { return new(Service) },
		Schema: &schema.Schema{Name: "services", Doc: "A service behind the gateway.", Shape: schema.Shape{
			Fields: entityFields(
				nameField("The service's name."),
				integer("retries", 5, 0, 32767, "How many more peers are tried after the first has failed."),
				required(oneOf("protocol", "http", "How the gateway speaks to the service.", httpProtocols...)),
				required(str("host", "A host, or the name of an upstream.", checkHost)),
				required(integer("port", 80, 0, 65535, "The service's port.")),
				str("path", "Comes before the path of requests.", checkPath),
				milliseconds("connect_timeout", "Milliseconds until a connection must stand."),
				milliseconds("write_timeout", "Milliseconds between two writes to the service."),
				milliseconds("read_timeout", "Milliseconds between two reads from the service."),
				foreign("client_certificate", "certificates", schema.Restrict, "Shown to the service."),
				flag("tls_verify", nil, "Whether the service's certificate is checked."),
				integer("tls_verify_depth", nil, 0, 64, "How long its chain may be."),
				array("ca_certificates", "Ids of the CA certificates that are trusted.", ca),
				flag("enabled", true, "Whether the service's routes are served."),
			),
			Checks: []schema.Check{
				{
					Kind: schema.Conditional,
					If:   schema.Cond{Field: "protocol", OneOf: list("grpc", "grpcs")},
					Then: schema.Cond{Field: "path", Null: true},
				},
				onlyTLS("client_certificate"), onlyTLS("tls_verify"), onlyTLS("tls_verify_depth"), onlyTLS("ca_certificates"),
			},
			Shorthands: []schema.Shorthand{{
				Field:  schema.Field{Name: "url", Kind: schema.String, Doc: "protocol, host, port and path at once."},
				Expand: expandURL,
			}},
		}},
	}
}

// expandURL takes http://host:port/path apart.
func expandURL(v any) (map[string]any, string) {
	s, _ := v.(string)
	u, err := url.Parse(s)
	if err != nil {
		return nil, "could not parse url"
	}
	if u.Scheme == "" {
		return nil, "missing scheme in url"
	}
	if u.Hostname() == "" {
		return nil, "missing host in url"
	}
	port := 80
	if u.Scheme == "https" || u.Scheme == "grpcs" {
		port = 443
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, "could not parse url"
		}
	}
	out := map[string]any{"protocol": u.Scheme, "host": u.Hostname(), "port": port, "path": nil}
	if u.Path != "" {
		out["path"] = u.EscapedPath()
	}
	return out, ""
}
