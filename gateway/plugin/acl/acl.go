package acl

import (
	"slices"
	"strings"

	"moongate/gateway/plugin"
)

type instance struct {
	Allow  []string `json:"allow"`
	Deny   []string `json:"deny"`
	Hide   bool     `json:"hide_groups_header"`
	Always bool     `json:"always_use_authenticated_groups"`

	env *plugin.Env
}

// The headers that tell a service the groups. What a client says there is not passed on.
const (
	ofConsumer   = "X-Consumer-Groups"
	ofCredential = "X-Authenticated-Groups"
)

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	x.R.In.Del(ofConsumer)
	x.R.In.Del(ofCredential)
	header, groups := ofCredential, x.Groups
	switch {
	case x.Consumer == nil && groups == nil:
		return nobody(x)
	case x.Consumer != nil && (groups == nil || x.Credential != "" && !i.Always):
		header, groups = ofConsumer, i.env.Known().Groups(x.Consumer.ID)
	}
	switch {
	case !i.lets(groups) && len(groups) == 0:
		return nobody(x)
	case !i.lets(groups):
		return refuse(x)
	case !i.Hide && len(groups) > 0:
		x.R.In.Set(header, strings.Join(groups, ", "))
	}
	return plugin.Next
}

// nobody answers those who are in no group: they may have to say who they are first.
func nobody(x *plugin.Context) plugin.Result {
	if x.Credential != "" {
		return refuse(x)
	}
	return x.Answer(401, "Unauthorized")
}

func refuse(x *plugin.Context) plugin.Result { return x.Answer(403, "You cannot consume this service") }

func (i *instance) lets(groups []string) bool {
	if len(i.Deny) > 0 {
		return !meet(i.Deny, groups)
	}
	return meet(i.Allow, groups)
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
