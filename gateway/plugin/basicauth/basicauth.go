package basicauth

import (
	"encoding/base64"
	"strings"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
)

type instance struct {
	plugin.Gate
	Hide  bool   `json:"hide_credentials"`
	Realm string `json:"realm"`

	env     *plugin.Env
	refused *plugin.Refusal
	checked verified
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result { return i.Gate.Access(x, i.env, i) }

// Authenticate implements plugin.Authenticator.
func (i *instance) Authenticate(x *plugin.Context) *plugin.Refusal {
	known := i.env.Known()
	var cred *entity.BasicAuth
	user, password, ok := i.shown(x, "Proxy-Authorization")
	if ok {
		cred = known.BasicAuth(user)
	}
	if cred == nil {
		if user, password, ok = i.shown(x, "Authorization"); !ok {
			return i.refused
		}
		cred = known.BasicAuth(user)
	}
	if cred == nil || cred.Consumer == nil {
		// As much work as for a user that there is: the time tells nothing.
		event.Block()
		entity.CheckPassword(nobody, password, "")
		return i.refused
	}
	if !i.checked.check(cred, password) {
		return i.refused
	}
	c := known.Consumer(cred.Consumer.ID)
	if c == nil {
		return i.refused
	}
	x.Authenticate(c, cred.Username)
	return nil
}

// nobody is the password of those that are not there.
var nobody = entity.HashPassword("", "nobody")

// shown is what a header shows; the header is hidden.
func (i *instance) shown(x *plugin.Context, header string) (user, password string, ok bool) {
	value, there := x.R.In.Get(header)
	if !there {
		return "", "", false
	}
	user, password, ok = parse(x, value)
	if i.Hide {
		x.R.In.Del(header)
	}
	return user, password, ok
}

func parse(x *plugin.Context, value string) (user, password string, ok bool) {
	text, ok := plugin.AfterScheme(value, "basic")
	if !ok {
		return "", "", false
	}
	text, _, _ = strings.Cut(strings.TrimLeft(text, " \t"), "=")
	b := x.R.Alloc(base64.RawStdEncoding.DecodedLen(len(text)))
	n, err := base64.RawStdEncoding.Decode(b, []byte(text))
	if err != nil {
		return "", "", false
	}
	return split(http1.View(b[:n]))
}

// split parts user and password, as Kong's pattern ([^:]+):(.*) does.
func split(text string) (user, password string, ok bool) {
	user, password, ok = strings.Cut(strings.TrimLeft(text, ":"), ":")
	password, _, _ = strings.Cut(password, "\n")
	return user, password, ok && user != ""
}
