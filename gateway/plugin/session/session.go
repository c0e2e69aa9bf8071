package session

import (
	"encoding/json"
	"slices"

	"moongate/engine/httpd"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/sessions"
)

type instance struct {
	ReadBody bool     `json:"read_body_for_logout"`
	Methods  []string `json:"logout_methods"`
	Arg      string   `json:"logout_query_arg"`
	Field    string   `json:"logout_post_arg"`

	env    *plugin.Env
	id     string
	store  *sessions.Store
	seldom plugin.Seldom
}

// known is what a session says of its client.
type known struct {
	Consumer   string   `json:"consumer"`
	Credential string   `json:"credential"`
	Groups     []string `json:"groups,omitempty"`
}

func (k *known) is(x *plugin.Context) bool {
	return x.Consumer != nil && x.Consumer.ID == k.Consumer && x.Credential == k.Credential
}

// slot has what the session said when the request came.
var slot = httpd.NewSlot[known]()

// Access implements plugin.Access. Whatever is wrong with a session, the plugins that come
// after this one have the last word.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	defer i.store.Hide(x.R) // when it is known what to take away from the client
	ss, err := i.store.Open(x)
	if err != nil {
		i.failed(err, "read")
		return plugin.Next
	}
	if ss == nil {
		return plugin.Next
	}
	out, res := i.leaves(x)
	if res != plugin.Next {
		return res
	}
	k := new(known)
	var c *entity.Consumer
	if json.Unmarshal(ss.Data, k) == nil {
		c = i.env.Known().Consumer(k.Consumer)
	}
	if out || c == nil {
		if err := i.store.End(x, ss); err != nil {
			i.failed(err, "ended")
			if out { // who leaves must not believe that nothing is left
				return x.Answer(503, "The session could not be ended")
			}
		}
		if out {
			return x.AnswerEmpty(200)
		}
		return plugin.Next
	}
	if err := i.store.Use(x, ss); err != nil {
		i.failed(err, "kept")
	}
	x.Authenticate(c, k.Credential)
	x.Groups = k.Groups
	slot.Put(x.R, k)
	return plugin.Next
}

// leaves tells whether a request is there to end the session.
func (i *instance) leaves(x *plugin.Context) (bool, plugin.Result) {
	switch {
	case !slices.Contains(i.Methods, x.R.MethodName):
		return false, plugin.Next
	case i.Arg != "" && x.HasArg(i.Arg):
		return true, plugin.Next
	case !i.ReadBody || i.Field == "":
		return false, plugin.Next
	}
	f, res := x.Fields()
	if res != plugin.Next {
		return false, res
	}
	return f.Find(i.Field).Times > 0, plugin.Next
}

// Header implements plugin.Header: who has been authenticated by other means gets a
// session.
func (i *instance) Header(x *plugin.Context) {
	if x.Consumer == nil || x.Credential == "" {
		return // nobody, or somebody who is allowed to be nobody
	}
	if k := slot.Get(x.R.Main); k != nil && k.is(x) {
		return
	}
	data, err := json.Marshal(known{x.Consumer.ID, x.Credential, x.Groups})
	if err == nil {
		err = i.store.Save(x, i.store.Begin(data), false)
	}
	if err != nil {
		i.failed(err, "begun")
	}
}

func (i *instance) failed(err error, what string) {
	if missed, ok := i.seldom.Now(); ok {
		i.env.Log.Error(nil, "gateway: session %s: a session is not %s (%d more since the last such line): %v", i.id, what, missed, err)
	}
}

// Close implements plugin.Closer.
func (i *instance) Close() { i.store.Close() }
