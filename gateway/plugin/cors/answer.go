package cors

import (
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// preflight tells whether a browser asks for permission. The client's own method counts,
// not what another plugin has made of it.
func preflight(x *plugin.Context, origin string) bool {
	return origin != "" && x.R.Method == http1.OPTIONS && x.HasHeader("Access-Control-Request-Method")
}

func originOf(x *plugin.Context) string {
	v, _ := x.R.In.Get("Origin")
	return v
}

// Access implements plugin.Access: it answers preflights.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	who := originOf(x)
	if i.PreflightContinue || !preflight(x, who) {
		return plugin.Next
	}
	out := &x.R.Out
	i.permit(x, who, (*httpd.HeadersOut).Set)
	if i.headers != "" {
		out.Set("Access-Control-Allow-Headers", i.headers)
	} else if v, ok := x.R.In.Get("Access-Control-Request-Headers"); ok {
		out.Set("Access-Control-Allow-Headers", v)
	}
	out.Set("Access-Control-Allow-Methods", i.methods)
	if i.maxAge != "" {
		out.Set("Access-Control-Max-Age", i.maxAge)
	}
	if v, _ := x.R.In.Get("Access-Control-Request-Private-Network"); i.PrivateNetwork && v == "true" {
		out.Set("Access-Control-Allow-Private-Network", "true")
	}
	return x.AnswerEmpty(200)
}

// Header implements plugin.Header: it marks all other answers.
func (i *instance) Header(x *plugin.Context) {
	who := originOf(x)
	if preflight(x, who) || who == "" && !i.AllowOriginAbsent {
		return
	}
	i.permit(x, who, (*httpd.HeadersOut).Add)
	if i.exposed != "" {
		x.R.Out.Set("Access-Control-Expose-Headers", i.exposed)
	}
}

// permit says whose pages may read the answer. vary is how Vary is written.
func (i *instance) permit(x *plugin.Context, who string, vary func(*httpd.HeadersOut, string, string)) {
	out := &x.R.Out
	allowed, any := i.allow(who)
	if !i.all {
		vary(out, "Vary", "Origin")
	}
	switch {
	case i.Credentials && any && who != "":
		// With credentials a browser does not take "*" for an answer.
		vary(out, "Vary", "Origin")
		allowed = who
	case allowed == "":
		out.Del("Access-Control-Allow-Origin")
	}
	if allowed != "" {
		out.Set("Access-Control-Allow-Origin", allowed)
	}
	if i.Credentials && (!any || who != "") {
		out.Set("Access-Control-Allow-Credentials", "true")
	}
}

// allow is what Access-Control-Allow-Origin says, "" for nothing; any is set for "*".
func (i *instance) allow(who string) (allowed string, any bool) {
	if i.all {
		return "*", true
	}
	if i.only != "" {
		return i.only, false
	}
	if who == "" {
		return "", false
	}
	text, host := normalize(who)
	for k := range i.allowed {
		o := &i.allowed[k]
		if o.any {
			return "*", true
		}
		if o.match(text, host) {
			return text, false
		}
	}
	return "", false
}
