package openidconnect

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"moongate/gateway/jose"
	"moongate/gateway/plugin"
)

// claims are what is known of who asks, by where it comes from: what comes first counts.
type claims []map[string]any

// find is a claim by its path, nil without it.
func (c claims) find(path []string) any {
	if len(path) == 0 {
		return nil
	}
	for _, source := range c {
		var v any = source
		for _, name := range path {
			m, _ := v.(map[string]any)
			v = m[name]
		}
		if v != nil {
			return v
		}
	}
	return nil
}

// all is what releases go by.
func (c claims) all() plugin.Claims {
	if len(c) == 1 {
		return c[0]
	}
	out := plugin.Claims{}
	for _, source := range slices.Backward(c) {
		maps.Copy(out, source)
	}
	return out
}

// claims are those of the tokens of a session, which nobody but us has made. An access token
// tells only where it is signed.
func (t *tokens) claims() (c claims) {
	if t.Signed {
		if a, err := jose.Parse(t.Access); err == nil {
			c = append(c, a.Claims)
		}
	}
	if id, err := jose.Parse(t.ID); err == nil {
		c = append(c, id.Claims)
	}
	if t.User != nil {
		var user map[string]any
		if json.Unmarshal(t.User, &user) == nil {
			c = append(c, user)
		}
	}
	last := map[string]any{"scope": t.Scope}
	if t.Machine {
		last["client_id"] = t.Who
	}
	return append(c, last)
}

// meets tells whether a claim has what is required: all words of one of the lists.
func meets(claim any, required []string) bool {
	if len(required) == 0 {
		return true
	}
	have := wordsOf(claim)
	return slices.ContainsFunc(required, func(list string) bool {
		all := strings.Fields(list)
		return len(all) > 0 && !slices.ContainsFunc(all, func(w string) bool { return !slices.Contains(have, w) })
	})
}

// wordsOf are the words of a text, or the members of a list.
func wordsOf(claim any) (out []string) {
	switch v := claim.(type) {
	case string:
		return strings.Fields(v)
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
	}
	return out
}

// barred says what a token lacks that is required, "" if nothing.
func (i *instance) barred(c claims) string {
	for _, name := range i.Forbidden {
		if c.find([]string{name}) != nil {
			return "claim " + name
		}
	}
	for _, r := range []struct {
		what     string
		claim    []string
		required []string
	}{
		{"audience", i.AudienceClaim, i.AudienceRequired}, {"scope", i.ScopesClaim, i.ScopesRequired},
		{"group", i.GroupsClaim, i.GroupsRequired}, {"role", i.RolesClaim, i.RolesRequired},
	} {
		if !meets(c.find(r.claim), r.required) {
			return r.what
		}
	}
	return ""
}

// unclaim takes away what the client says of itself under the names of our headers.
func (i *instance) unclaim(x *plugin.Context) {
	for _, name := range i.UpstreamNames {
		x.R.In.Del(name)
	}
	for _, name := range []string{i.AccessHeader, i.IDHeader, i.RefreshHeader} {
		if name, _, _ = strings.Cut(name, ":"); name != "" && !strings.EqualFold(name, "authorization") {
			x.R.In.Del(name)
		}
	}
}

// claim tells the service and the client.
func (i *instance) claim(x *plugin.Context, c claims) {
	for k, name := range i.UpstreamNames {
		if s := plugin.ClaimText(c.find([]string{i.UpstreamClaims[k]})); s != "" {
			x.R.In.Set(name, s)
		}
	}
	for k, name := range i.DownstreamNames {
		if s := plugin.ClaimText(c.find([]string{i.DownstreamClaims[k]})); s != "" {
			x.R.Out.Add(name, s)
		}
	}
}

// show gives the service a token.
func show(x *plugin.Context, header, token string) {
	if name, value := headerOf(header, token); name != "" {
		x.R.In.Set(name, value)
	}
}

// headerOf is a header with a token, "" if there is none.
func headerOf(header, token string) (name, value string) {
	name, how, _ := strings.Cut(header, ":")
	switch {
	case token == "":
		return "", ""
	case how != "":
		token = "Bearer " + token
	}
	return name, token
}
