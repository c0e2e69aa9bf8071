package keyauth

import (
	"moongate/edge/sys/event"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
)

type instance struct {
	plugin.Gate
	KeyNames []string `json:"key_names"`
	InHeader bool     `json:"key_in_header"`
	InQuery  bool     `json:"key_in_query"`
	InBody   bool     `json:"key_in_body"`
	Hide     bool     `json:"hide_credentials"`
	Realm    string   `json:"realm"`

	env                         *plugin.Env
	missing, duplicate, unknown *plugin.Refusal
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result { return i.Gate.Access(x, i.env, i) }

// Authenticate implements plugin.Authenticator.
func (i *instance) Authenticate(x *plugin.Context) *plugin.Refusal {
	key, no := i.key(x)
	if no != nil {
		return no
	}
	if key == "" {
		return i.missing
	}
	known := i.env.Known()
	cred := known.KeyAuth(key)
	if cred == nil || cred.Consumer == nil || expired(cred) {
		return i.unknown
	}
	c := known.Consumer(cred.Consumer.ID)
	if c == nil {
		return i.unknown
	}
	x.Authenticate(c, cred.ID)
	return nil
}

func expired(cred *entity.KeyAuth) bool {
	return cred.TTL > 0 && event.Now().Unix() >= int64(cred.CreatedAt)+int64(cred.TTL)
}

// key looks where the key may be, and hides it.
func (i *instance) key(x *plugin.Context) (string, *plugin.Refusal) {
	var fields *plugin.Fields
	for _, name := range i.KeyNames {
		var f plugin.Found
		if i.InHeader {
			f = x.FindHeader(name)
		}
		if f.Times == 0 && i.InQuery {
			f = x.FindArg(name)
		}
		if i.InBody && fields == nil && (f.Times == 0 || i.Hide) {
			read, res := x.Fields()
			if res != plugin.Next {
				return "", &plugin.Refusal{Status: int(res), Message: "Bad request"}
			}
			fields = &read
		}
		if f.Times == 0 && i.InBody {
			f = fields.Find(name)
		}
		switch {
		case f.Times > 1:
			return "", i.duplicate
		case f.Times == 0 || f.Bare:
			continue
		}
		if i.Hide {
			x.R.In.Del(name)
			x.HideArg(name)
			if fields != nil {
				fields.Hide(name)
			}
		}
		return f.Value, nil
	}
	return "", nil
}
