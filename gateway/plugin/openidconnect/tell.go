package openidconnect

import (
	"strings"

	"moongate/edge/wire/http1"
	"moongate/gateway/plugin"
)

// Tell implements plugin.Tells. What the provider would say of a token, and what is in a
// session, nobody knows who has not got them.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	cookie := func(name string) bool {
		for _, h := range q.Headers {
			if _, ok := http1.CookieValue(h.Value, name); ok && http1.EqualFold(h.Name, "Cookie") {
				return true
			}
		}
		return false
	}
	switch {
	case i.RunOnPreflight != nil && !*i.RunOnPreflight && q.Method == "OPTIONS":
		return plugin.Told{State: "lets pass", Why: "OPTIONS needs no login"}
	case (i.can.bearer || i.can.introspection || i.can.userInfo) && (q.HasHeader("Authorization") || q.HasArg("access_token")):
		return plugin.Told{State: "judges", Why: "the token, by what " + i.Issuer + " says"}
	case (i.can.password || i.can.client || i.can.refresh) && (q.HasHeader("Authorization") || q.HasHeader(strings.ReplaceAll(i.RefreshName, "_", "-"))):
		return plugin.Told{State: "judges", Why: "whether " + i.Issuer + " gives tokens for what is shown"}
	case (i.can.session || i.can.login) && cookie(i.SessionName):
		return plugin.Told{State: "judges", Why: "the session"}
	case i.Anonymous != "":
		return plugin.Told{State: "lets pass", Why: "as the consumer " + i.Anonymous}
	case i.can.login && (q.Method == "GET" || q.Method == "HEAD") && !q.HasHeader("X-Requested-With"):
		return plugin.Told{Status: 302, State: "answers", Why: "a browser logs in at " + i.Issuer}
	}
	return plugin.Told{Status: 401, State: "refuses", Why: "there is neither a token nor a session"}
}
