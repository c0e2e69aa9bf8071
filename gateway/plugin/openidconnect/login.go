package openidconnect

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
	"moongate/gateway/sessions"
)

// login is a login that has begun.
type login struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v,omitempty"`
	Redirect string `json:"r"` // where the provider sends people back to
	From     string `json:"f"` // where they wanted to go
	Begun    int64  `json:"t"` // seconds since 1970
}

const (
	// mostLogins is how many logins a browser may have under way, in as many tabs.
	mostLogins = 5
	// mostFrom is how long the address may be that people come back to; those of longer
	// ones come back to its path.
	mostFrom = 1024
)

func (i *instance) loginCookie() sessions.Cookie {
	return sessions.Cookie{Name: i.LoginName, Path: i.LoginPath, Domain: i.LoginDomain, SameSite: i.LoginSameSite, HTTPOnly: i.LoginHTTPOnly, Secure: i.LoginSecure, MaxAge: int(i.LoginTimeout)}
}

// logins are those of the request's cookie that are not too old.
func (i *instance) logins(r *httpd.Request) (list []login) {
	cookie := i.loginCookie()
	b, err := i.sealer.Open(cookie.Get(r))
	if err != nil || json.Unmarshal(b, &list) != nil {
		return nil
	}
	now := event.Now().Unix()
	return slices.DeleteFunc(list, func(l login) bool { return float64(now-l.Begun) >= i.LoginTimeout })
}

func (i *instance) keepLogins(x *plugin.Context, list []login) error {
	cookie := i.loginCookie()
	if len(list) == 0 {
		cookie.Clear(x)
		return nil
	}
	b, err := json.Marshal(list)
	if err != nil {
		return err
	}
	text, err := i.sealer.Seal(b)
	if err != nil {
		return err
	}
	return cookie.Set(x, text)
}

// navigates tells whether it is a person who goes to a page: a script could make nothing of
// a login page that it is sent to.
func navigates(x *plugin.Context) bool {
	r := x.R
	if r.MethodName != "GET" && r.MethodName != "HEAD" || x.HasHeader("X-Requested-With") || x.HasHeader("Upgrade") {
		return false
	}
	if mode, ok := r.In.Get("Sec-Fetch-Mode"); ok && mode != "navigate" {
		return false
	}
	accept, ok := r.In.Known(http1.Accept)
	return !ok || strings.Contains(accept, "text/html") || strings.Contains(accept, "*/*")
}

// origin is the scheme and host that the client has asked.
func origin(r *httpd.Request) string {
	host, ok := r.In.Known(http1.Host)
	if !ok {
		host = r.Host
	}
	return plugin.Scheme(r) + "://" + host
}

// login sends people to the provider.
func (i *instance) login(x *plugin.Context) plugin.Result {
	m := i.provider.known()
	if m == nil || m.Authorization == "" {
		return x.Answer(503, "The identity provider is not available")
	}
	r := x.R
	path, _, _ := strings.Cut(r.UnparsedURI, "?")
	l := login{State: rand.Text(), Nonce: rand.Text(), Redirect: first(i.RedirectURI), Begun: event.Now().Unix(), From: origin(r) + r.UnparsedURI}
	if l.Redirect == "" {
		l.Redirect = origin(r) + path
	}
	if len(l.From) > mostFrom {
		l.From = origin(r) + path
	}
	if len(l.From) > mostFrom {
		l.From = origin(r) + "/"
	}
	q := url.Values{"response_type": {"code"}, "client_id": {first(i.ClientID)}, "redirect_uri": {l.Redirect}, "scope": {strings.Join(i.Scopes, " ")},
		"state": {l.State}, "nonce": {l.Nonce}}
	if i.PKCE {
		l.Verifier = rand.Text() + rand.Text()
		q.Set("code_challenge", challenge(l.Verifier))
		q.Set("code_challenge_method", "S256")
	}
	if len(i.Audience) > 0 {
		q["audience"] = i.Audience
	}
	for k, name := range i.ArgNames {
		q.Set(name, i.ArgValues[k])
	}
	if i.pushes(m) {
		var err error
		if q, err = i.push(m, q); err != nil {
			i.failed("a login is not begun", err)
			return x.Answer(503, "The identity provider is not available")
		}
	}
	list := append(i.logins(r), l)
	if err := i.keepLogins(x, list[max(0, len(list)-mostLogins):]); err != nil {
		i.failed("a login is not begun", err)
		return x.Answer(500, "The login could not be begun")
	}
	return redirect(x, with(m.Authorization, q))
}

// challenge is what the provider is told of a verifier (RFC 7636, 4.2).
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// with is an address with more arguments.
func with(to string, q url.Values) string {
	sep := "?"
	if strings.Contains(to, "?") {
		sep = "&"
	}
	return to + sep + q.Encode()
}
