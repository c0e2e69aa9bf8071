package openidconnect

import (
	"net/url"
	"slices"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/gateway/client"
	"moongate/gateway/plugin"
	"moongate/gateway/sessions"
)

// leaves tells whether a request is there to log out.
func (i *instance) leaves(x *plugin.Context) (bool, plugin.Result) {
	path, _, _ := strings.Cut(x.R.UnparsedURI, "?")
	switch {
	case !slices.Contains(i.LogoutMethods, x.R.MethodName):
		return false, plugin.Next
	case i.LogoutArg != "" && x.HasArg(i.LogoutArg), i.LogoutSuffix != "" && strings.HasSuffix(path, i.LogoutSuffix):
		return true, plugin.Next
	case i.LogoutField == "":
		return false, plugin.Next
	}
	f, res := x.Fields()
	if res != plugin.Next {
		return false, res
	}
	return f.Find(i.LogoutField).Times > 0, plugin.Next
}

// logout ends a session here, then at the provider (OpenID Connect RP-Initiated Logout 1.0).
// While the provider is away it ends here alone.
func (i *instance) logout(x *plugin.Context, ss *sessions.Session, t *tokens) plugin.Result {
	if err := i.store.End(x, ss); err != nil {
		i.failed("a session is not ended", err)
		return x.Answer(503, "The session could not be ended")
	}
	to := first(i.LogoutRedirect)
	m := i.provider.known()
	if m == nil {
		m = &metadata{endpoints: i.endpoints}
	}
	if i.Revoke {
		i.revoke(m, t)
	}
	if m.EndSession != "" {
		q := url.Values{}
		if t.ID != "" {
			q.Set("id_token_hint", t.ID)
		}
		if id := first(i.ClientID); id != "" {
			q.Set("client_id", id)
		}
		if to != "" {
			q.Set("post_logout_redirect_uri", to)
		}
		to = with(m.EndSession, q)
	}
	if to != "" {
		return redirect(x, to)
	}
	x.R.Out.Add("Cache-Control", "no-store")
	return x.AnswerEmpty(200)
}

// revoke has the provider forget tokens (RFC 7009).
func (i *instance) revoke(m *metadata, t *tokens) {
	if m.Revocation == "" {
		return
	}
	ask := func(kind, token string) {
		form := url.Values{"token": {token}, "token_type_hint": {kind}}
		header, err := i.prove(m, form)
		if err != nil {
			i.failed("a token is not revoked", err)
			return
		}
		header = append(header, http1.Header{Name: "Content-Type", Value: "application/x-www-form-urlencoded"})
		a, err := i.client.Do(&client.Request{Method: "POST", URL: m.Revocation, Header: header, Body: []byte(form.Encode())})
		if err == nil && a.Status != 200 {
			err = unexpected(a.Status)
		}
		if err != nil {
			i.failed("a token is not revoked", err)
		}
	}
	if i.RevokeRefresh && t.Refresh != "" {
		ask("refresh_token", t.Refresh)
	}
	if i.RevokeAccess {
		ask("access_token", t.Access)
	}
}
