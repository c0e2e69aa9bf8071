// Package cors is the plugin cors: it answers what browsers ask before they send a request
// to another origin, and tells them whose pages may read answers.
package cors

import (
	"fmt"
	"strconv"
	"strings"

	"moongate/engine/regex"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

var methods = []string{"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT"}

// Plugin is cors.
var Plugin = plugin.Plugin{
	Name:    "cors",
	Doc:     "Lets pages of other origins use an API.",
	Without: plugin.OfConsumer,
	Config: schema.Shape{Fields: []schema.Field{
		list("origins", "Origins that are allowed: words or regular expressions, or * for all.", schema.Field{Check: checkOrigin}),
		list("headers", "What Access-Control-Allow-Headers says; without it, what was asked for.", schema.Field{}),
		list("exposed_headers", "What Access-Control-Expose-Headers says.", schema.Field{}),
		allowedMethods(),
		{Name: "max_age", Kind: schema.Number, Doc: "Seconds for which the answer of a preflight may be kept."},
		{Name: "credentials", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether requests may carry credentials."},
		{Name: "private_network", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether public pages may use it in a private network."},
		{Name: "preflight_continue", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether the service answers preflights."},
		{Name: "allow_origin_absent", Kind: schema.Boolean, Required: true, Default: true, Doc: "Whether requests without an Origin get the headers too."},
	}},
	New: newInstance,
}

func list(name, doc string, elem schema.Field) schema.Field {
	elem.Kind = schema.String
	return schema.Field{Name: name, Kind: schema.Array, Elem: &elem, Doc: doc}
}

func allowedMethods() schema.Field {
	f := list("methods", "What Access-Control-Allow-Methods says.", schema.Field{OneOf: schema.Words(methods...)})
	f.Default = schema.Words(methods...)
	return f
}

func checkOrigin(v any) string {
	s, _ := v.(string)
	if s != "*" {
		if _, err := regex.Compile(s, false); err != nil {
			return fmt.Sprintf("'%s' is not a valid regex", s)
		}
	}
	return ""
}

type config struct {
	Origins           []string `json:"origins"`
	Headers           []string `json:"headers"`
	ExposedHeaders    []string `json:"exposed_headers"`
	Methods           []string `json:"methods"`
	MaxAge            *float64 `json:"max_age"`
	Credentials       bool     `json:"credentials"`
	PrivateNetwork    bool     `json:"private_network"`
	PreflightContinue bool     `json:"preflight_continue"`
	AllowOriginAbsent bool     `json:"allow_origin_absent"`
}

// instance is a configuration with its header values made.
type instance struct {
	config
	all     bool     // any origin
	only    string   // the single one, said whoever asks
	allowed []origin // else: in turn
	headers string
	exposed string
	methods string
	maxAge  string
}

func newInstance(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := new(instance)
	if err := c.Decode(&i.config); err != nil {
		return nil, err
	}
	i.headers, i.exposed, i.methods = strings.Join(i.Headers, ","), strings.Join(i.ExposedHeaders, ","), strings.Join(i.Methods, ",")
	if i.MaxAge != nil {
		i.maxAge = strconv.FormatFloat(*i.MaxAge, 'f', -1, 64)
	}
	switch o := i.Origins; {
	case len(o) == 0 || len(o) == 1 && o[0] == "*":
		i.all = true
	case len(o) == 1 && plain(o[0]):
		i.only = o[0]
	default:
		for _, text := range o {
			a, err := newOrigin(text)
			if err != nil {
				return nil, err
			}
			i.allowed = append(i.allowed, a)
		}
	}
	return i, nil
}
