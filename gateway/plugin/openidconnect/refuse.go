package openidconnect

import (
	"moongate/core/errlog"
	"moongate/gateway/plugin"
)

// refusal is an authenticator that knows nobody.
type refusal plugin.Refusal

// Authenticate implements plugin.Authenticator.
func (r *refusal) Authenticate(*plugin.Context) *plugin.Refusal { return (*plugin.Refusal)(r) }

// unauthorized refuses who is nobody, unless nobody is somebody here.
func (i *instance) unauthorized(x *plugin.Context, code string) plugin.Result {
	return i.refuse(x, i.challenge, code)
}

func (i *instance) refuse(x *plugin.Context, challenge, code string) plugin.Result {
	if to := first(i.UnauthorizedRedirect); to != "" && i.Anonymous == "" {
		return redirect(x, to)
	}
	r := &refusal{Status: 401, Message: i.UnauthorizedText, Challenge: challenge}
	if code != "" {
		r.Challenge += `, error="` + code + `"`
	}
	return i.Gate.Access(x, i.env, r)
}

// forbidden refuses somebody; the log says why.
func (i *instance) forbidden(x *plugin.Context, what string) plugin.Result {
	x.R.Logf(errlog.Info, "gateway: openid-connect: the %s is not one that may come in", what)
	if to := first(i.ForbiddenRedirect); to != "" {
		return redirect(x, to)
	}
	return x.Refuse(&plugin.Refusal{Status: 403, Message: i.ForbiddenText, Challenge: i.challenge + `, error="insufficient_scope"`})
}

func redirect(x *plugin.Context, to string) plugin.Result {
	x.R.Out.Add("Location", to)
	x.R.Out.Add("Cache-Control", "no-store")
	return x.AnswerEmpty(302)
}
