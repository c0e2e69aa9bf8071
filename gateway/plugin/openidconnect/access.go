package openidconnect

import (
	"cmp"
	"slices"

	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/sessions"
)

// Access implements plugin.Access: a token that is shown counts first, then what tokens are to
// be had for, then a session, then who comes with a browser logs in.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	if i.RunOnPreflight != nil && !*i.RunOnPreflight && x.R.MethodName == "OPTIONS" || i.Anonymous != "" && x.Credential != "" {
		return plugin.Next
	}
	if i.announces(x) {
		return i.announced(x)
	}
	defer i.hide(x.R)
	i.unclaim(x)
	if i.can.bearer || i.can.introspection || i.can.userInfo {
		s, res := i.find(x)
		if res != plugin.Next {
			return res
		}
		if s.token != "" {
			return i.bearer(x, s)
		}
	}
	if i.can.password || i.can.client || i.can.refresh {
		list, res := i.credentials(x)
		if res != plugin.Next {
			return res
		}
		if len(list) > 0 {
			return i.byCredentials(x, list)
		}
	}
	return i.browser(x)
}

// hide keeps our cookies from the service.
func (i *instance) hide(r *httpd.Request) {
	i.store.Hide(r)
	login := i.loginCookie()
	login.Hide(r)
}

// browser is for requests without a token.
func (i *instance) browser(x *plugin.Context) plugin.Result {
	var ss *sessions.Session
	if i.can.session || i.can.login {
		var err error
		if ss, err = i.store.Open(x); err != nil {
			i.failed("sessions are not to be had", err)
			return x.Answer(503, "Sessions are not available")
		}
	}
	if i.can.login {
		if l := i.back(x); l != nil {
			return i.finish(x, ss, l)
		}
	}
	if ss != nil {
		return i.session(x, ss)
	}
	switch {
	case i.can.login && i.Anonymous == "" && navigates(x):
		return i.login(x)
	}
	return i.unauthorized(x, "")
}

// session goes by a session's tokens.
func (i *instance) session(x *plugin.Context, ss *sessions.Session) plugin.Result {
	t := read(ss)
	if t == nil {
		i.end(x, ss)
		return i.anew(x)
	}
	out, res := i.leaves(x)
	if res != plugin.Next {
		return res
	}
	if out {
		return i.logout(x, ss, t)
	}
	now := event.Now()
	due, ended := t.due(now, i.Leeway)
	if due && i.Refresh && t.Refresh != "" {
		fresh, err := i.renew(x, ss, t)
		switch {
		case err == nil:
			t, ended = fresh, false
		case refuses(err):
			// The provider has ended what there was.
			i.failed("a session ends", err)
			i.end(x, ss)
			return i.anew(x)
		case ended:
			i.failed("tokens are not renewed", err)
			return x.Answer(503, "The identity provider is not available")
		default:
			i.failed("tokens are not renewed yet", err)
		}
	} else if err := i.store.Use(x, ss); err != nil {
		i.failed("a session is not kept", err)
	}
	if ended {
		i.end(x, ss)
		return i.anew(x)
	}
	if res := i.settle(x, t.claims(), ""); res != plugin.Next {
		return res
	}
	i.pass(x, t)
	return plugin.Next
}

// pass gives the service and the client the tokens that they are to have.
func (i *instance) pass(x *plugin.Context, t *tokens) {
	show(x, i.AccessHeader, t.Access)
	show(x, i.IDHeader, t.ID)
	show(x, i.RefreshHeader, t.Refresh)
	for _, d := range [][2]string{{i.DownAccess, t.Access}, {i.DownID, t.ID}, {i.DownRefresh, t.Refresh}} {
		if name, value := headerOf(d[0], d[1]); name != "" {
			x.R.Out.Add(name, value)
		}
	}
}

// anew is for who had a session: a browser logs in again.
func (i *instance) anew(x *plugin.Context) plugin.Result {
	if i.can.login && i.Anonymous == "" && navigates(x) {
		return i.login(x)
	}
	return i.unauthorized(x, "invalid_token")
}

func (i *instance) end(x *plugin.Context, ss *sessions.Session) {
	if err := i.store.End(x, ss); err != nil {
		i.failed("a session is not ended", err)
	}
}

// settle finds out who it is that claims are of, and whether he may. The name is what he is
// called where claims do not say.
func (i *instance) settle(x *plugin.Context, c claims, name string) plugin.Result {
	if what := i.barred(c); what != "" {
		return i.forbidden(x, what)
	}
	var who *entity.Consumer
	if len(i.ConsumerClaim) > 0 {
		claim, _ := c.find(i.ConsumerClaim).(string)
		if who = i.consumer(claim); who == nil && !i.ConsumerOptional {
			return i.forbidden(x, "consumer")
		}
	}
	credential := plugin.ClaimText(c.find(i.CredentialClaim))
	credential = cmp.Or(credential, name, "openid-connect") // it is good, and of nobody
	x.Authenticate(who, credential)
	x.Claims = c.all()
	if len(i.AuthGroupsClaim) > 0 {
		if x.Groups = wordsOf(c.find(i.AuthGroupsClaim)); x.Groups == nil {
			x.Groups = []string{}
		}
	}
	i.claim(x, c)
	return plugin.Next
}

// consumer is the one of a name, nil without it. Where one consumer's username is another
// one's custom_id, the username is found.
func (i *instance) consumer(name string) *entity.Consumer {
	if name == "" {
		return nil
	}
	c := i.env.Known().ConsumerNamed(name)
	if c == nil || !(c.Username == name && slices.Contains(i.ConsumerBy, "username") || c.CustomID == name && slices.Contains(i.ConsumerBy, "custom_id") ||
		c.ID == name && slices.Contains(i.ConsumerBy, "id")) {
		return nil
	}
	return c
}
