package oauth2introspection

import (
	"moongate/gateway/plugin"
)

// Tell implements plugin.Tells. What the server would say of a token nobody knows.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	switch {
	case q.HasHeader("Authorization") || q.HasArg("access_token"):
		return plugin.Told{State: "asks", Why: i.URL + " is asked about the token"}
	case i.RunOnPreflight != nil && !*i.RunOnPreflight && q.Method == "OPTIONS":
		return plugin.Told{State: "lets pass", Why: "OPTIONS needs no token"}
	case i.Anonymous != "":
		return plugin.Told{State: "lets pass", Why: "as the consumer " + i.Anonymous}
	}
	return plugin.Told{Status: 401, State: "refuses", Why: "there is no token"}
}
