package entity

import (
	"net"
	"strconv"

	"moongate/gateway/schema"
)

// Upstream is a group of targets and how one of them is chosen.
type Upstream struct {
	Base
	Name                   string       `json:"name"`
	Algorithm              string       `json:"algorithm"`
	HashOn                 string       `json:"hash_on"`
	HashFallback           string       `json:"hash_fallback"`
	HashOnHeader           string       `json:"hash_on_header"`
	HashFallbackHeader     string       `json:"hash_fallback_header"`
	HashOnCookie           string       `json:"hash_on_cookie"`
	HashOnCookiePath       string       `json:"hash_on_cookie_path"`
	HashOnQueryArg         string       `json:"hash_on_query_arg"`
	HashFallbackQueryArg   string       `json:"hash_fallback_query_arg"`
	HashOnURICapture       string       `json:"hash_on_uri_capture"`
	HashFallbackURICapture string       `json:"hash_fallback_uri_capture"`
	Slots                  int          `json:"slots"`
	Healthchecks           Healthchecks `json:"healthchecks"`
	HostHeader             string       `json:"host_header"`
	ClientCertificate      *Ref         `json:"client_certificate"`
	UseSRVName             bool         `json:"use_srv_name"`
}

// Healthchecks: zeros switch the single checks off.
type Healthchecks struct {
	Active    ActiveCheck  `json:"active"`
	Passive   PassiveCheck `json:"passive"`
	Threshold float64      `json:"threshold"` // per cent of weight that must be alive
}

// ActiveCheck asks targets by itself.
type ActiveCheck struct {
	Type                   string              `json:"type"`
	Timeout                float64             `json:"timeout"` // seconds
	Concurrency            int                 `json:"concurrency"`
	HTTPPath               string              `json:"http_path"`
	HTTPSSNI               string              `json:"https_sni"`
	HTTPSVerifyCertificate bool                `json:"https_verify_certificate"`
	Headers                map[string][]string `json:"headers"`
	Healthy                ActiveHealthy       `json:"healthy"`
	Unhealthy              ActiveUnhealthy     `json:"unhealthy"`
}

type ActiveHealthy struct {
	Interval     float64 `json:"interval"` // seconds
	HTTPStatuses []int   `json:"http_statuses"`
	Successes    int     `json:"successes"`
}

type ActiveUnhealthy struct {
	Interval     float64 `json:"interval"`
	HTTPStatuses []int   `json:"http_statuses"`
	TCPFailures  int     `json:"tcp_failures"`
	Timeouts     int     `json:"timeouts"`
	HTTPFailures int     `json:"http_failures"`
}

// PassiveCheck watches the requests that pass.
type PassiveCheck struct {
	Type      string           `json:"type"`
	Healthy   PassiveHealthy   `json:"healthy"`
	Unhealthy PassiveUnhealthy `json:"unhealthy"`
}

type PassiveHealthy struct {
	HTTPStatuses []int `json:"http_statuses"`
	Successes    int   `json:"successes"`
}

type PassiveUnhealthy struct {
	HTTPStatuses []int `json:"http_statuses"`
	TCPFailures  int   `json:"tcp_failures"`
	Timeouts     int   `json:"timeouts"`
	HTTPFailures int   `json:"http_failures"`
}

// Target is one peer of an upstream.
type Target struct {
	Base
	Upstream *Ref   `json:"upstream"`
	Target   string `json:"target"` // host:port
	Weight   int    `json:"weight"`
	Version  string `json:"version"` // what releases call it
}

var hashKeys = []string{"none", "consumer", "ip", "header", "cookie", "path", "query_arg", "uri_capture"}

func statuses(def ...int) schema.Field {
	f := array("http_statuses", "Statuses that count.", integer("", nil, 100, 999, ""))
	f.Default = def
	return f
}

func count(name, doc string) schema.Field { return integer(name, 0, 0, 255, doc) }

func seconds(name string, def any, doc string) schema.Field {
	return number(name, def, 0, 65535, doc)
}

func healthchecks() schema.Field {
	// These are sent, not matched: a value may begin with anything.
	plainHeaders := new(Outside).valuesByName("headers", "Headers of the question.", checkHeaderName)
	types := []string{"tcp", "http", "https", "grpc", "grpcs"}
	tcp := count("tcp_failures", "How many connections fail until a target is unhealthy; 0: never.")
	timeouts := count("timeouts", "How many timeouts until a target is unhealthy; 0: never.")
	failures := count("http_failures", "How many bad statuses until a target is unhealthy; 0: never.")
	successes := count("successes", "How many good answers until a target is healthy; 0: never.")
	active := required(record("active", "Questions that the gateway asks.",
		oneOf("type", "http", "What is asked.", types...),
		seconds("timeout", 1, "Seconds until an answer must be there."),
		integer("concurrency", 10, 1, 1<<31, "How many targets are asked at once."),
		str("http_path", "The path that is asked for.", checkPath),
		str("https_sni", "The name that TLS asks for.", checkSNI),
		flag("https_verify_certificate", true, "Whether the target's certificate is checked."),
		plainHeaders,
		required(record("healthy", "When a target becomes healthy.",
			seconds("interval", 0, "Seconds between questions to healthy targets; 0: none."),
			statuses(200, 302), successes)),
		required(record("unhealthy", "When a target becomes unhealthy.",
			seconds("interval", 0, "Seconds between questions to unhealthy targets; 0: none."),
			statuses(429, 404, 500, 501, 502, 503, 504, 505), tcp, timeouts, failures)),
	))
	active.Field("http_path").Default = "/"
	passive := required(record("passive", "What is learnt from the requests that pass.",
		oneOf("type", "http", "What counts.", types...),
		required(record("healthy", "When a target becomes healthy.",
			statuses(200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308), successes)),
		required(record("unhealthy", "When a target becomes unhealthy.",
			statuses(429, 500, 503), tcp, timeouts, failures)),
	))
	threshold := number("threshold", 0, 0, 100, "Per cent of the weight that must be healthy for the upstream to be.")
	return required(record("healthchecks", "How targets are found dead and alive.", active, passive, threshold))
}

func upstreams() *Kind {
	cookiePath := str("hash_on_cookie_path", "The path of the cookie that the gateway sets.", checkPath)
	cookiePath.Default = "/"
	name := required(nameField("A host name; services refer to it as their host."))
	name.Check = text(checkUpstreamName)
	return &Kind{
		Name: "upstreams", Path: "upstreams", Key: "name", New: func() any { return new(Upstream) },
		Schema: &schema.Schema{Name: "upstreams", Doc: "A group of targets.", Shape: schema.Shape{
			Fields: entityFields(
				name,
				oneOf("algorithm", "round-robin", "How a target is chosen.", "consistent-hashing", "least-connections", "round-robin", "latency"),
				oneOf("hash_on", "none", "What consistent hashing hashes.", hashKeys...),
				oneOf("hash_fallback", "none", "What it hashes where hash_on yields nothing.", hashKeys...),
				str("hash_on_header", "The header for hash_on.", checkHeaderName),
				str("hash_fallback_header", "The header for hash_fallback.", checkHeaderName),
				str("hash_on_cookie", "The cookie for hash_on and hash_fallback.", checkCookieName),
				cookiePath,
				str("hash_on_query_arg", "The query argument for hash_on.", nil),
				str("hash_fallback_query_arg", "The query argument for hash_fallback.", nil),
				str("hash_on_uri_capture", "The named group of the route's path for hash_on.", nil),
				str("hash_fallback_uri_capture", "The named group of the route's path for hash_fallback.", nil),
				integer("slots", 10000, 10, 1<<16, "Places on the hash ring."),
				healthchecks(),
				str("host_header", "The Host that targets see.", func(s string) string {
					if _, ok := parseAddress(s); !ok {
						return "invalid value: " + s
					}
					return ""
				}),
				foreign("client_certificate", "certificates", schema.Restrict, "Shown to targets."),
				flag("use_srv_name", false, "Whether the SRV record's name becomes the Host."),
			),
			Checks: hashChecks(),
		}},
	}
}

// hashChecks: what hashing needs, and which pairs make no sense.
func hashChecks() []schema.Check {
	when := func(field string, is ...string) schema.Cond { return schema.Cond{Field: field, OneOf: list(is...)} }
	var out []schema.Check
	rule := func(a, b schema.Cond) { out = append(out, schema.Check{Kind: schema.Conditional, If: a, Then: b}) }
	needs := func(field string) schema.Cond { return schema.Cond{Field: field, Required: true} }
	rule(when("hash_on", "header"), needs("hash_on_header"))
	rule(when("hash_fallback", "header"), needs("hash_fallback_header"))
	rule(when("hash_on", "cookie"), needs("hash_on_cookie"))
	rule(when("hash_fallback", "cookie"), needs("hash_on_cookie"))
	rule(when("hash_on", "query_arg"), needs("hash_on_query_arg"))
	rule(when("hash_fallback", "query_arg"), needs("hash_fallback_query_arg"))
	rule(when("hash_on", "uri_capture"), needs("hash_on_uri_capture"))
	rule(when("hash_fallback", "uri_capture"), needs("hash_fallback_uri_capture"))
	rule(when("hash_on", "none"), when("hash_fallback", "none"))
	rule(when("hash_on", "cookie"), when("hash_fallback", "none"))
	for _, same := range []string{"consumer", "ip", "path"} {
		rule(when("hash_on", same), schema.Cond{Field: "hash_fallback", NotOneOf: list(same)})
	}
	rule(when("algorithm", "least-connections"), when("hash_on", "none"))
	for _, pair := range []string{"header", "query_arg", "uri_capture"} {
		out = append(out, schema.Check{Kind: schema.Distinct, Fields: []string{"hash_on_" + pair, "hash_fallback_" + pair}})
	}
	return out
}

func targets() *Kind {
	k := &Kind{
		Name: "targets", Path: "targets", Key: "target", Uniques: [][]string{{"upstream", "target"}},
		New: func() any { return new(Target) }, tidy: tidyTarget, milliseconds: true,
		Schema: &schema.Schema{Name: "targets", Doc: "One peer of an upstream.", Shape: schema.Shape{
			Fields: entityFields(
				required(foreign("upstream", "upstreams", schema.Cascade, "The upstream that it belongs to.")),
				required(str("target", "host:port; port 8000 when there is none.", checkTarget)),
				integer("weight", 100, 0, 65535, "Its share of requests; 0 for none."),
				ours(str("version", "What releases call it, as v2.", checkName)),
			),
		}},
	}
	// Kong tells a target's times to the millisecond.
	k.Schema.Field("created_at").Kind = schema.Number
	k.Schema.Field("updated_at").Kind = schema.Number
	return k
}

// tidyTarget writes host:port in one way, so that no target is there twice.
func tidyTarget(doc map[string]any) {
	s, _ := doc["target"].(string)
	a, ok := parseAddress(s)
	if !ok {
		return
	}
	if !a.hasPort {
		a.port = 8000
	}
	if a.ip.IsValid() {
		a.host = a.ip.String()
	}
	doc["target"] = net.JoinHostPort(a.host, strconv.Itoa(a.port))
}
