package plugin

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/gateway/schema"
)

// Refusal is why a request is not let in.
type Refusal struct {
	Status    int
	Message   string
	Challenge string // of the WWW-Authenticate header, "" for none
	Body      string // JSON in place of the message
}

// Authenticator finds out who asks. It calls Context.Authenticate, or says why not.
type Authenticator interface {
	Authenticate(x *Context) *Refusal
}

// Gate is what authenticating plugins have in common. Several of them on one route must
// all let a request in, unless they name somebody to be in place of nobody: then one of
// them is enough (Kong's logical OR).
type Gate struct {
	Anonymous string `json:"anonymous"` // a consumer, by id or username
	// RunOnPreflight is nil where the plugin doesn't have the field.
	RunOnPreflight *bool `json:"run_on_preflight"`
}

// Access lets a request through if a does, or anonymously.
func (g *Gate) Access(x *Context, e *Env, a Authenticator) Result {
	if g.RunOnPreflight != nil && !*g.RunOnPreflight && x.R.MethodName == "OPTIONS" {
		return Next
	}
	if g.Anonymous == "" {
		if no := a.Authenticate(x); no != nil {
			return x.Refuse(no)
		}
		return Next
	}
	if x.Credential != "" { // by another plugin
		return Next
	}
	if a.Authenticate(x) == nil {
		return Next
	}
	known := e.Known()
	c := known.Consumer(g.Anonymous)
	if c == nil {
		if c = known.ConsumerNamed(g.Anonymous); c == nil || c.Username != g.Anonymous {
			message := "anonymous consumer " + g.Anonymous + " is configured but doesn't exist"
			x.R.Logf(errlog.Error, "gateway: %s", message)
			return x.Answer(500, message)
		}
	}
	x.Authenticate(c, "")
	return Next
}

// Refuse answers with a refusal.
func (x *Context) Refuse(no *Refusal) Result {
	if no.Challenge != "" {
		x.R.Out.Add("WWW-Authenticate", no.Challenge)
	}
	if no.Body != "" {
		return x.AnswerWith(no.Status, "application/json; charset=utf-8", no.Body)
	}
	return x.Answer(no.Status, no.Message)
}

// Unauthorized is the usual refusal.
func Unauthorized(message, challenge string) *Refusal {
	return &Refusal{Status: 401, Message: message, Challenge: challenge}
}

// Challenge is a WWW-Authenticate header of a scheme, whose realm may be "".
func Challenge(scheme, realm string) string {
	if realm == "" {
		return scheme
	}
	return scheme + ` realm="` + realm + `"`
}

// AfterScheme is what follows the name of the scheme in an Authorization header: for
// "Basic abc" it is "abc".
func AfterScheme(value, scheme string) (string, bool) {
	value = strings.TrimLeft(value, " \t")
	if len(value) < len(scheme) || !http1.EqualFold(value[:len(scheme)], scheme) {
		return "", false
	}
	return value[len(scheme):], true
}

// Fields that authenticating plugins have in common.
var (
	AnonymousField = schema.Field{Name: "anonymous", Kind: schema.String,
		Doc: "A consumer (id or username) that those are who can't be authenticated. Without it they are refused."}
	HideCredentialsField = schema.Field{Name: "hide_credentials", Kind: schema.Boolean, Required: true, Default: false,
		Doc: "Whether the service does not see the credential."}
	RunOnPreflightField = schema.Field{Name: "run_on_preflight", Kind: schema.Boolean, Required: true, Default: true,
		Doc: "Whether OPTIONS requests must be authenticated too."}
	RealmField = schema.Field{Name: "realm", Kind: schema.String, Check: realm, Doc: "Told in the WWW-Authenticate header of a refusal."}
)

// realm stands in a header between quotes.
func realm(v any) string {
	s, _ := v.(string)
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f || s[i] == '"' {
			return "must not have quotes or control characters"
		}
	}
	return ""
}
