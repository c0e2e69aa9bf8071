package entity

import (
	"fmt"
	"slices"
	"strings"

	"moongate/gateway/schema"
)

// Route says which requests go to a service.
type Route struct {
	Base
	Name                    string              `json:"name"`
	Protocols               []string            `json:"protocols"`
	Methods                 []string            `json:"methods"`
	Hosts                   []string            `json:"hosts"`
	Paths                   []string            `json:"paths"`   // "/prefix" or "~/regex"
	Headers                 map[string][]string `json:"headers"` // a value may be "~*regex"
	Queries                 map[string][]string `json:"queries"`
	Cookies                 map[string][]string `json:"cookies"`
	SNIs                    []string            `json:"snis"`
	Sources                 []Source            `json:"sources"`
	ClientClasses           []string            `json:"client_classes"`
	Destinations            []Source            `json:"destinations"`
	HTTPSRedirectStatusCode int                 `json:"https_redirect_status_code"`
	RegexPriority           int                 `json:"regex_priority"`
	Priority                int                 `json:"priority"`
	StripPath               bool                `json:"strip_path"`
	PathHandling            string              `json:"path_handling"`
	PreserveHost            bool                `json:"preserve_host"`
	RequestBuffering        bool                `json:"request_buffering"`
	ResponseBuffering       bool                `json:"response_buffering"`
	Service                 *Ref                `json:"service"`
}

// Source is where a request comes from; a port of 0 is any.
type Source struct {
	IP   string `json:"ip"` // address or CIDR
	Port int    `json:"port"`
}

func endpoints(name, doc string) schema.Field {
	elem := record("", "", str("ip", "An address or CIDR range.", checkCIDR), integer("port", nil, 0, 65535, "A port."))
	elem.Checks = []schema.Check{{Kind: schema.AtLeastOneOf, Fields: []string{"ip", "port"}}}
	return set(name, doc, elem)
}

func routes(o *Outside) *Kind {
	headerName := func(s string) string {
		if strings.EqualFold(s, "host") {
			return "cannot contain 'host' header, which must be specified in the 'hosts' attribute"
		}
		return checkHeaderName(s)
	}
	protocols := set("protocols", "Which protocols the route takes.", oneOf("", nil, "", httpProtocols...))
	protocols.Required, protocols.Default, protocols.LenMin = true, []string{"http", "https"}, 1
	protocols.Check = apart
	methods := set("methods", "Methods that match.", schema.Field{Kind: schema.String, Match: []schema.Pattern{{Re: method, Kongs: "^%u+$"}}})
	destinations := endpoints("destinations", "For Kong's stream routes, which there are none of here.")
	destinations.Null = true
	redirect := schema.Field{
		Name: "https_redirect_status_code", Kind: schema.Integer, Required: true, Default: 426,
		OneOf: []any{426, 301, 302, 307, 308}, Doc: "The answer when all matches but the protocol.",
	}
	const big = 1 << 31
	return &Kind{
		Name: "routes", Path: "routes", Key: "name", New: func() any { return new(Route) }, refine: refineRoute,
		Schema: &schema.Schema{Name: "routes", Doc: "Which requests go to a service.", Shape: schema.Shape{
			Fields: entityFields(
				nameField("The route's name."), protocols, methods,
				array("hosts", "Hosts that match; one label at an end may be *.", str("", "", checkRouteHost)),
				array("paths", "Prefixes (/a) and regular expressions (~/a) that match.", str("", "", o.checkRoutePath)),
				o.valuesByName("headers", "Headers that must be there with one of the values; ~*regex is a value.", headerName),
				ours(o.valuesByName("queries", "Query arguments, as headers.", anyName)),
				ours(o.valuesByName("cookies", "Cookies, as headers.", checkCookieName)),
				redirect,
				integer("regex_priority", 0, -big, big, "Which regex route comes first: the higher one."),
				ours(required(integer("priority", 0, -big, big, "Comes before all other rules of precedence: the higher one."))),
				required(flag("strip_path", true, "Whether the matched prefix is taken off.")),
				oneOf("path_handling", "v0", "How the paths of service, route and request are joined.", "v0", "v1"),
				required(flag("preserve_host", false, "Whether the service sees the request's Host.")),
				required(flag("request_buffering", true, "Whether the request's body is read before it is sent on.")),
				required(flag("response_buffering", true, "Whether the answer is buffered.")),
				set("snis", "Names of TLS connections that match.", str("", "", checkSNI)),
				endpoints("sources", "Client addresses that match."),
				destinations,
				ours(set("client_classes", "Classes of clients that match, by name.", str("", "", checkName))),
				foreign("service", "services", schema.Restrict, "Where the requests go."),
			),
			Checks: []schema.Check{{Kind: schema.Custom, Func: matchesSomething}},
		}},
	}
}

func anyName(string) string { return "" }

// apart refuses protocols of two families in one route.
func apart(v any) string {
	grpc, http := false, false
	list, _ := v.([]any)
	for _, p := range list {
		s, _ := p.(string)
		if strings.HasPrefix(s, "grpc") {
			grpc = true
		} else {
			http = true
		}
	}
	if grpc && http {
		return "these sets are mutually exclusive: ('http', 'https'), ('grpc', 'grpcs')"
	}
	return ""
}

func protocolsOf(doc map[string]any) []any {
	list, _ := doc["protocols"].([]any)
	return list
}

// refineRoute: a gRPC route's path is the method's name, so nothing is stripped.
func refineRoute(s *schema.Schema, doc map[string]any) (*schema.Schema, schema.Faults) {
	grpc := slices.ContainsFunc(protocolsOf(doc), func(p any) bool { return p == "grpc" || p == "grpcs" })
	if !grpc {
		return s, nil
	}
	strip := *s.Field("strip_path")
	strip.Default = false
	strip.Check = func(v any) string {
		if v == true {
			return "cannot set 'strip_path' when 'protocols' is 'grpc' or 'grpcs'"
		}
		return ""
	}
	return s.Overlay(&schema.Schema{Shape: schema.Shape{Fields: []schema.Field{strip}}}), nil
}

// matchesSomething: a route that names nothing would take all there is.
func matchesSomething(doc map[string]any) schema.Faults {
	names := []string{"methods", "hosts", "headers", "paths"}
	protocol := "http"
	for _, p := range protocolsOf(doc) {
		s, _ := p.(string)
		if strings.HasPrefix(s, "grpc") {
			names = []string{"hosts", "headers", "paths"}
		}
		if protocol = s; s == "https" || s == "grpcs" {
			names = append(names, "snis")
			break
		}
	}
	if snis, _ := doc["snis"].([]any); len(snis) > 0 && !slices.Contains(names, "snis") {
		return fault("'snis' can only be set when 'protocols' is 'grpcs' or 'https'", "", "")
	}
	for _, n := range append([]string{"sources", "queries", "cookies", "client_classes"}, names...) {
		switch v := doc[n].(type) {
		case []any:
			if len(v) > 0 {
				return nil
			}
		case map[string]any:
			if len(v) > 0 {
				return nil
			}
		}
	}
	quoted := "'" + strings.Join(names, "', '") + "'"
	return fault(fmt.Sprintf("must set one of %s when 'protocols' is '%s'", quoted, protocol), `paths: ["/"] takes all`, "")
}
