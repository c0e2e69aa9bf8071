// Package redirect is the plugin redirect: it sends clients somewhere else.
package redirect

import (
	"net/url"

	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is redirect.
var Plugin = plugin.Plugin{
	Name: "redirect",
	Doc:  "Sends clients to another URL.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "status_code", Kind: schema.Integer, Required: true, Default: 301, Between: schema.Between(100, 599), Doc: "The answer's status."},
		{Name: "location", Kind: schema.String, Required: true, Check: checkURL, Doc: "Where to."},
		{Name: "keep_incoming_path", Kind: schema.Boolean, Default: false, Doc: "Whether path and query of the request are kept."},
	}},
	Tells: plugin.ByConfig,
	New: func(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := new(instance)
		if err := c.Decode(i); err != nil {
			return nil, err
		}
		u, err := url.Parse(i.Location)
		if err != nil {
			return nil, err
		}
		u.Path, u.RawPath, u.RawQuery, u.ForceQuery = "", "", "", false
		if u.Fragment != "" {
			i.fragment = "#" + u.EscapedFragment()
			u.Fragment, u.RawFragment = "", ""
		}
		i.origin = u.String()
		return i, nil
	},
}

func checkURL(v any) string {
	s, _ := v.(string)
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return "could not parse url"
	case u.Scheme == "":
		return "missing scheme in url"
	case u.Hostname() == "":
		return "missing host in url"
	}
	return ""
}

type instance struct {
	Status   int    `json:"status_code"`
	Location string `json:"location"`
	Keep     bool   `json:"keep_incoming_path"`

	origin   string // of Location: scheme and host
	fragment string
}

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	to := i.Location
	if i.Keep {
		if to = i.origin + q.Path; q.Query != "" {
			to += "?" + q.Query
		}
		to += i.fragment
	}
	return plugin.Told{Status: i.Status, State: "answers", Why: "to " + to}
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	r := x.R
	to := i.Location
	if i.Keep {
		to = r.Concat(i.origin, r.UnparsedURI, i.fragment)
	}
	r.Out.Location = to
	return x.AnswerWith(i.Status, "text/plain; charset=utf-8", "redirecting")
}
