package hmacauth

import (
	"math"
	"slices"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/gateway/plugin"
)

type instance struct {
	plugin.Gate
	Hide       bool     `json:"hide_credentials"`
	ClockSkew  float64  `json:"clock_skew"`
	WithBody   bool     `json:"validate_request_body"`
	Enforce    []string `json:"enforce_headers"`
	Algorithms []string `json:"algorithms"`
	Realm      string   `json:"realm"`

	env                              *plugin.Env
	missing, undated, unclear, other *plugin.Refusal
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result { return i.Gate.Access(x, i.env, i) }

// Authenticate implements plugin.Authenticator.
func (i *instance) Authenticate(x *plugin.Context) *plugin.Refusal {
	in := &x.R.In
	authorization, ok := in.Get("Authorization")
	proxy, ok2 := in.Get("Proxy-Authorization")
	if !ok && !ok2 {
		return i.missing
	}
	if !i.dated(x, "X-Date") && !i.dated(x, "Date") {
		return i.undated
	}
	s, ok := parse(proxy)
	header := "Proxy-Authorization"
	if !ok {
		s, ok = parse(authorization)
		header = "Authorization"
	}
	if ok && i.Hide {
		in.Del(header)
	}
	if !ok || !i.acceptable(&s) {
		return i.unclear
	}
	known := i.env.Known()
	cred := known.HMACAuth(s.user)
	if cred == nil || cred.Consumer == nil || cred.Secret == "" {
		return i.unclear
	}
	if !s.verify(x, cred.Secret) {
		return i.other
	}
	if i.WithBody {
		fits, res := digestFits(x)
		switch {
		case res != plugin.Next:
			return &plugin.Refusal{Status: int(res), Message: "Bad request"}
		case !fits:
			return i.other
		}
	}
	c := known.Consumer(cred.Consumer.ID)
	if c == nil {
		return i.unclear
	}
	x.Authenticate(c, cred.Username)
	return nil
}

// dated tells whether a header has a date that is near enough.
func (i *instance) dated(x *plugin.Context, name string) bool {
	v, ok := x.R.In.Get(name)
	if !ok {
		return false
	}
	sec, ok := http1.ParseDate(v)
	return ok && math.Abs(float64(event.Now().Unix()-sec)) <= i.ClockSkew
}

// acceptable tells whether the signature is of the kind that is asked for.
func (i *instance) acceptable(s *signature) bool {
	for _, name := range i.Enforce {
		if !slices.Contains(s.headers, name) {
			return false
		}
	}
	return slices.Contains(i.Algorithms, s.algorithm)
}
