package openidconnect

import (
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"

	"moongate/core/errlog"
	"moongate/gateway/plugin"
	"moongate/gateway/sessions"
)

// back is the login that a request comes back from: the provider has sent it to the address
// that we have given, with the state of a login that this browser has begun. A state counts
// once. nil is any other request.
func (i *instance) back(x *plugin.Context) *login {
	state := x.FindArg("state").Value
	if x.R.MethodName != "GET" || state == "" || !x.HasArg("code") && !x.HasArg("error") {
		return nil
	}
	list := i.logins(x.R)
	at := slices.IndexFunc(list, func(l login) bool { return subtle.ConstantTimeCompare([]byte(l.State), []byte(state)) == 1 })
	if at < 0 {
		return nil
	}
	l := list[at]
	path, _, _ := strings.Cut(x.R.UnparsedURI, "?")
	if u, err := url.Parse(l.Redirect); err != nil || cmp.Or(u.EscapedPath(), "/") != path {
		return nil
	}
	if err := i.keepLogins(x, slices.Delete(list, at, at+1)); err != nil {
		i.failed("a login is not ended", err)
	}
	return &l
}

// finish changes the code for tokens, and begins a session.
func (i *instance) finish(x *plugin.Context, old *sessions.Session, l *login) plugin.Result {
	if code := x.FindArg("error").Value; code != "" {
		x.R.Logf(errlog.Info, "gateway: openid-connect: the provider has refused a login: %.100q", code)
		return i.unauthorized(x, "")
	}
	m := i.provider.known()
	if m == nil {
		return x.Answer(503, "The identity provider is not available")
	}
	// RFC 9207: a provider that says that it names itself always does.
	if iss := x.FindArg("iss").Value; (iss != "" || m.NamesItself) && !i.issued(m, iss) {
		i.failed("a login ends", errors.New("another provider has answered"))
		return i.unauthorized(x, "")
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {x.FindArg("code").Value}, "redirect_uri": {l.Redirect}}
	if l.Verifier != "" {
		form.Set("code_verifier", l.Verifier)
	}
	t, err := i.grant(m, grant{form: form, client: first(i.ClientID), login: true, nonce: l.Nonce})
	switch {
	case refuses(err):
		i.failed("a login ends", err)
		return i.unauthorized(x, "")
	case err != nil:
		i.failed("a login ends", err)
		return x.Answer(503, "The identity provider is not available")
	}
	// Who may not come in has no session either.
	if res := i.settle(x, t.claims(), ""); res != plugin.Next {
		return res
	}
	if res := i.begin(x, old, t); res != plugin.Next {
		return res
	}
	return i.arrive(x, l, t)
}

// begin makes a new session; that of before, which somebody else may know, ends.
func (i *instance) begin(x *plugin.Context, old *sessions.Session, t *tokens) plugin.Result {
	if !i.can.session {
		return plugin.Next
	}
	if old != nil {
		i.end(x, old)
	}
	data, err := json.Marshal(t)
	if err == nil {
		ss := i.store.Begin(data)
		if err = i.store.Save(x, ss, false); err == nil {
			err = i.tag(ss, t)
		}
	}
	if err != nil {
		i.failed("a session is not begun", err)
		return x.Answer(500, "The session could not be begun")
	}
	return plugin.Next
}

// read is what a session holds, nil if it is nothing of ours.
func read(ss *sessions.Session) *tokens {
	t := new(tokens)
	if json.Unmarshal(ss.Data, t) != nil || t.Access == "" {
		return nil
	}
	return t
}

// arrive is what follows a login.
func (i *instance) arrive(x *plugin.Context, l *login, t *tokens) plugin.Result {
	switch i.LoginAction {
	case "redirect":
		to := first(i.LoginRedirect)
		if to == "" {
			to = home(origin(x.R), l.From, i.domain)
		}
		return redirect(x, to)
	case "response":
		return i.respond(x, t)
	}
	for _, name := range []string{"code", "state", "session_state", "iss"} {
		x.HideArg(name)
	}
	if _, args, ok := strings.Cut(l.From, "?"); ok && i.PreserveArgs {
		if x.Out.Query != "" {
			args = "&" + args
		}
		x.Out.Query += args
	}
	i.pass(x, t)
	return plugin.Next
}

// home is where people go after a login: where they wanted to, if that is a place of ours,
// on the host that they have come back to, or on one that gets the session's cookie too.
func home(here, from, domain string) string {
	u, err := url.Parse(from)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return here + "/"
	}
	if u.User == nil && u.Scheme+"://"+u.Host == here {
		return from
	}
	domain = strings.TrimPrefix(strings.ToLower(domain), ".")
	if host := strings.ToLower(u.Hostname()); u.User == nil && domain != "" && (host == domain || strings.HasSuffix(host, "."+domain)) {
		return from
	}
	return here + "/"
}

// respond gives tokens to who has logged in.
func (i *instance) respond(x *plugin.Context, t *tokens) plugin.Result {
	out := map[string]string{}
	put := func(name, v string) {
		if v != "" {
			out[name] = v
		}
	}
	for _, name := range i.LoginTokens {
		all := name == "tokens"
		if all || name == "id_token" {
			put("id_token", t.ID)
		}
		if all || name == "access_token" {
			put("access_token", t.Access)
		}
		if all || name == "refresh_token" {
			put("refresh_token", t.Refresh)
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		return 500
	}
	x.R.Out.Add("Cache-Control", "no-store")
	return x.AnswerWith(200, "application/json; charset=utf-8", string(b))
}
