package entity

import (
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"moongate/gateway/release"
	"moongate/gateway/schema"
)

// Release sends some of the requests to a candidate. It is ours.
type Release struct {
	Base
	Name       string   `json:"name"`
	Service    *Ref     `json:"service"`  // the release is for the requests to this service
	Upstream   *Ref     `json:"upstream"` // or to this upstream
	Baseline   Variant  `json:"baseline"`
	Candidate  Variant  `json:"candidate"`
	Match      Match    `json:"match"`
	Percentage float64  `json:"percentage"`
	Sticky     Identity `json:"sticky"`
	Salt       string   `json:"salt"`
	Ramp       []Step   `json:"ramp"`
	Guard      *Guard   `json:"guard"`
	State      string   `json:"state"` // running, paused, promoted, aborted, rolled_back
	Reason     string   `json:"reason"`
	Step       int      `json:"step"`    // the ramp's step that is on, from 0
	StepAt     float64  `json:"step_at"` // when it began, seconds since 1970
}

// Variant is where requests go: another service, another upstream, or the
// targets of one version. None is set for a baseline that is what there was.
type Variant struct {
	Service  *Ref   `json:"service"`
	Upstream *Ref   `json:"upstream"`
	Version  string `json:"version"`
}

// Match is who gets the candidate whatever the percentage is.
type Match struct {
	Mode        string              `json:"mode"`      // any of the lists below must match, or all that are set
	Addresses   []string            `json:"addresses"` // addresses and CIDR ranges
	Users       []string            `json:"users"`
	User        Identity            `json:"user"` // where the user's id comes from
	Headers     map[string][]string `json:"headers"`
	Cookies     map[string][]string `json:"cookies"`
	Queries     map[string][]string `json:"queries"`
	Claims      map[string][]string `json:"claims"`   // of a token that the plugin jwt has verified
	Clients     []string            `json:"clients"`  // classes: mobile, desktop, ...
	Versions    []string            `json:"versions"` // of the client's program: 2.1, >=2.0, <3
	VersionFrom Identity            `json:"version_from"`
	Lists       []List              `json:"lists"`
}

// Identity is where a value of the request is found.
type Identity struct {
	From string `json:"from"` // address, header, cookie, query, jwt_claim, consumer
	Name string `json:"name"`
}

// List is kept elsewhere.
type List struct {
	Of    string `json:"of"`   // addresses, users
	Away  string `json:"away"` // last, nobody, everybody: who is on it while Redis does not answer
	Redis Redis  `json:"redis"`
}

// Redis is where a list is, and how it is kept there.
type Redis struct {
	Address    string `json:"address"` // host:port or unix:/path
	Username   string `json:"username"`
	Password   string `json:"password"`
	Database   int    `json:"database"`
	SSL        bool   `json:"ssl"`
	SSLVerify  bool   `json:"ssl_verify"`
	ServerName string `json:"server_name"`
	Key        string `json:"key"`
	Type       string `json:"type"` // string, set, hash: read as a whole; member, keys: asked for each client
	Timeout    int    `json:"timeout"`
	Refresh    int    `json:"refresh"`
}

// Step is one of a ramp's.
type Step struct {
	Percentage float64 `json:"percentage"`
	Duration   float64 `json:"duration"` // seconds; the last step's is until somebody promotes
}

// Guard rolls back by itself.
type Guard struct {
	MaxErrorRate    *float64 `json:"max_error_rate"`    // per cent of the candidate's requests
	MaxP95          *float64 `json:"max_p95"`           // milliseconds
	ErrorRateMargin *float64 `json:"error_rate_margin"` // points above the baseline's error rate
	P95Margin       *float64 `json:"p95_margin"`        // milliseconds above the baseline's p95
	MinRequests     int      `json:"min_requests"`
	Window          float64  `json:"window"` // seconds
}

// Clients are the classes of clients, as package release has them.
var Clients = []string{"bot", "tool", "mobile", "tablet", "desktop", "ios", "android", "wechat", "windows", "macos", "linux", "web", "mini-program"}

func percentage(name string, def any, doc string) schema.Field { return number(name, def, 0, 100, doc) }

func identity(name, doc, def string, words ...string) schema.Field {
	f := required(record(name, doc,
		oneOf("from", def, "Which part of the request.", words...),
		str("name", "The header's, cookie's, argument's or claim's name.", nil)))
	f.Checks = []schema.Check{{
		Kind: schema.Conditional,
		If:   schema.Cond{Field: "from", OneOf: list("header", "cookie", "query", "jwt_claim")},
		Then: schema.Cond{Field: "name", Required: true},
	}}
	return f
}

func variant(name, doc string) schema.Field {
	f := required(record(name, doc,
		foreign("service", "services", schema.Restrict, "Another service."),
		foreign("upstream", "upstreams", schema.Restrict, "Another upstream."),
		str("version", "The targets with this version.", checkName)))
	f.Checks = []schema.Check{{Kind: schema.MutuallyExclusive, Fields: []string{"service", "upstream", "version"}}}
	return f
}

func matchField(o *Outside) schema.Field {
	redis := required(record("redis", "A list in Redis.",
		required(str("address", "host:port, or unix:/path.", checkRedis)),
		str("username", "For AUTH.", nil), secret(str("password", "For AUTH.", nil)),
		integer("database", 0, 0, 1<<20, "For SELECT."),
		required(flag("ssl", false, "Whether TLS is spoken.")),
		required(flag("ssl_verify", false, "Whether the server's certificate is checked.")),
		str("server_name", "The name that the certificate is for; that of the address when there is none.", nil),
		required(str("key", "The key; of keys what their names begin with.", nil)),
		oneOf("type", "string", "string: values with commas or spaces between them; set; hash: its fields. These are read as a whole. "+
			"member: a set that is asked for each client; keys: each client has a key.", "string", "set", "hash", "member", "keys"),
		integer("timeout", 1000, 1, 1<<31-2, "Milliseconds until Redis must have answered."),
		integer("refresh", 1000, 0, 1<<31-2, "Milliseconds that an answer counts; 0 asks for each request."),
	))
	lists := array("lists", "Lists that are kept elsewhere.", record("", "",
		required(oneOf("of", "addresses", "What the list holds: addresses and CIDR ranges, or user ids.", "addresses", "users")),
		required(oneOf("away", "last", "Who is on the list while Redis does not answer: those of the last answer, or these.", "last", "nobody", "everybody")),
		redis))
	any := schema.Field{Kind: schema.String}
	return required(record("match", "Who gets the candidate, whatever the percentage.",
		required(oneOf("mode", "any", "Whether any of these must match or all that are set.", "any", "all")),
		array("addresses", "Client addresses and CIDR ranges.", str("", "", checkCIDR)),
		array("users", "User ids.", any),
		identity("user", "Where the user's id comes from.", "consumer", "header", "cookie", "query", "jwt_claim", "consumer"),
		o.valuesByName("headers", "Headers, as a route's.", checkHeaderName),
		o.valuesByName("cookies", "Cookies, as a route's.", checkCookieName),
		o.valuesByName("queries", "Query arguments, as a route's.", anyName),
		o.valuesByName("claims", "Claims of a token that the plugin jwt has verified, as headers.", anyName),
		set("clients", "Classes of clients, by User-Agent.", oneOf("", nil, "", Clients...)),
		array("versions", "Versions of the client's program: 2.1, >=2.0, <3.", str("", "", checkVersion)),
		identity("version_from", "Where that version comes from.", "header", "header", "cookie", "query"),
		lists,
	))
}

func releases(o *Outside) *Kind {
	match := matchField(o)
	from := match.Field("version_from")
	from.Shape.Field("name").Default = "X-App-Version"
	guard := record("guard", "Rolls back by itself.",
		percentage("max_error_rate", nil, "Per cent of the candidate's answers that may be errors (5xx)."),
		number("max_p95", nil, 0, 1e9, "Milliseconds that 95 per cent of its answers must stay below."),
		number("error_rate_margin", nil, 0, 100, "Points that its error rate may lie above the baseline's."),
		number("p95_margin", nil, 0, 1e9, "Milliseconds that its p95 may lie above the baseline's."),
		integer("min_requests", 50, 1, 1<<31, "It does not judge on fewer, of the candidate and of a baseline that it compares with."),
		number("window", 60, 1, 86400, "Seconds that it looks back."))
	guard.Checks = []schema.Check{{Kind: schema.AtLeastOneOf, Fields: []string{"max_error_rate", "max_p95", "error_rate_margin", "p95_margin"}}}
	step := record("", "", required(percentage("percentage", nil, "From here on.")),
		number("duration", 0, 0, 1e9, "Seconds; the last step's lasts until somebody promotes."))
	stepOn := integer("step", 0, 0, 1<<20, "The step of the ramp that is on, from 0.")
	stepOn.Auto = true
	stepAt := schema.Field{Name: "step_at", Kind: schema.Number, Auto: true, Doc: "When that step began, seconds since 1970."}
	k := &Kind{
		Name: "releases", Path: "releases", Key: "name", Ours: true, New: func() any { return new(Release) },
		Schema: &schema.Schema{Name: "releases", Doc: "Who gets a new version, and when it is taken back.", Shape: schema.Shape{
			Fields: entityFields(
				required(nameField("The release's name.")),
				foreign("service", "services", schema.Cascade, "For requests to this service."),
				foreign("upstream", "upstreams", schema.Cascade, "For requests to this upstream."),
				variant("baseline", "The version that there was; empty: where requests go without a release."),
				variant("candidate", "The new version."),
				match,
				percentage("percentage", 0, "Per cent of all others that get the candidate too."),
				identity("sticky", "What makes a client stay on its side.", "address", "address", "header", "cookie", "query", "jwt_claim", "consumer"),
				str("salt", "Mixed into the choice; another salt, other clients. The release's id when there is none.", nil),
				array("ramp", "Steps that raise the percentage by themselves.", step),
				guard,
				required(oneOf("state", "running", "Where the release stands.", "running", "paused", "promoted", "aborted", "rolled_back")),
				str("reason", "Why it is in this state.", nil),
				stepOn, stepAt,
			),
			Checks: []schema.Check{
				{Kind: schema.OnlyOneOf, Fields: []string{"service", "upstream"}},
				{Kind: schema.Custom, Func: candidateIsSet},
				{Kind: schema.Custom, Func: rampClimbs},
			},
		}},
	}
	for i := range k.Schema.Fields {
		k.Schema.Fields[i].Ours = true
	}
	return k
}

var versionText = regexp.MustCompile(`^(>=|<=|>|<|=)? ?v?[0-9]+(\.[0-9]+)*([-.+][0-9A-Za-z.-]+)?$`)

func checkVersion(s string) string {
	if !versionText.MatchString(s) {
		return "invalid version: '" + s + "'"
	}
	return ""
}

func candidateIsSet(doc map[string]any) schema.Faults {
	c, _ := doc["candidate"].(map[string]any)
	if c["service"] == nil && c["upstream"] == nil && c["version"] == nil {
		return fault("required field missing", `write {"version": "v2"}, or a service or upstream`, "candidate")
	}
	return nil
}

// rampClimbs refuses a ramp that would move clients back, or that can't go on.
func rampClimbs(doc map[string]any) schema.Faults {
	steps, _ := doc["ramp"].([]any)
	if len(steps) == 0 {
		return nil
	}
	ramp := make(release.Ramp, len(steps))
	for i, v := range steps {
		step, _ := v.(map[string]any)
		share, err := release.Percent(numberOf(step["percentage"]))
		if err != nil {
			return nil // the step has its own fault
		}
		ramp[i] = release.Step{Share: share, Duration: time.Duration(numberOf(step["duration"]) * float64(time.Second))}
	}
	var f *release.Fault
	if !errors.As(ramp.Check(), &f) {
		return nil
	}
	at, _ := strconv.Atoi(strings.TrimPrefix(f.Pointer, "/"))
	return schema.Faults{{Message: f.Err.Error()}}.Below("ramp", at)
}

func numberOf(v any) float64 {
	switch v := v.(type) {
	case json.Number:
		f, _ := v.Float64()
		return f
	case float64:
		return v
	}
	return 0
}
