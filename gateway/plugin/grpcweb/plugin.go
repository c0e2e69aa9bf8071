package grpcweb

import (
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is grpc-web.
var Plugin = plugin.Plugin{
	Name: "grpc-web",
	Doc:  "Lets browsers call services that speak gRPC.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "proto", Kind: schema.String, Null: true, Doc: "Kong's, for bodies that are JSON, which are not done."},
		{Name: "pass_stripped_path", Kind: schema.Boolean, Doc: "Whether the service gets the path without what the route strips; else it gets the client's."},
		{Name: "allow_origin_header", Kind: schema.String, Default: "*", Check: checkText, Doc: "Access-Control-Allow-Origin."},
		{Name: "allow_headers", Kind: schema.String, Required: true, Default: "content-type,x-grpc-web,x-user-agent,grpc-timeout", Check: checkText, Ours: true, Doc: "Headers that browsers may send, where they don't say which they want to."},
	}},
	Tells: plugin.ByConfig,
	New: func(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := new(instance)
		return i, c.Decode(i)
	},
}

func checkText(v any) string {
	if s, _ := v.(string); strings.ContainsAny(s, "\r\n\x00") {
		return "must be one line"
	}
	return ""
}

type instance struct {
	Stripped bool   `json:"pass_stripped_path"`
	Origin   string `json:"allow_origin_header"`
	Headers  string `json:"allow_headers"`
}

// call is a request that is translated.
type call struct {
	kind string // of the answer
	text bool   // in base64
}

var slot = httpd.NewSlot[call]()

// The kinds of bodies. What is behind "+" is the format of messages, which is the service's
// affair.
const (
	grpc = "application/grpc"
	web  = "application/grpc-web"
	text = "application/grpc-web-text"
)

// kindOf tells how a request is written: ok is false for what is no gRPC-Web. suffix is
// "+proto" or nothing.
func kindOf(contentType string) (isText bool, suffix string, ok bool) {
	media, _, _ := strings.Cut(contentType, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	for _, k := range []string{text, web} {
		if rest, is := strings.CutPrefix(media, k); is && (rest == "" || rest == "+proto") {
			return k == text, rest, true
		}
	}
	return false, "", false
}

// isGRPC tells whether a type is that of gRPC itself.
func isGRPC(contentType string) bool {
	rest, is := strings.CutPrefix(strings.ToLower(contentType), grpc)
	return is && (rest == "" || rest[0] == '+' || rest[0] == ';')
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	r := x.R
	kind, _ := r.In.Known(http1.ContentType)
	switch {
	case r.MethodName == "OPTIONS":
		return i.preflight(x)
	case isGRPC(kind):
		return plugin.Next // it needs no help
	case r.MethodName != "POST":
		r.Out.Set("Allow", "POST, OPTIONS")
		return x.Answer(405, "gRPC-Web calls are POST")
	}
	isText, suffix, ok := kindOf(kind)
	if !ok {
		return x.Answer(415, "the Content-Type is none of gRPC-Web")
	}
	c := &call{kind: web + suffix, text: isText}
	if isText {
		c.kind = text + suffix
		if res := decode(x); res != plugin.Next {
			return res
		}
	}
	slot.Put(r, c)
	r.In.Set("Content-Type", grpc+suffix)
	r.In.Set("TE", "trailers")
	r.In.Del("Accept-Encoding")
	if !i.Stripped {
		path, _, _ := strings.Cut(r.UnparsedURI, "?")
		x.Out.Path = path
	}
	return plugin.Next
}

// preflight answers what a browser asks before it calls.
func (i *instance) preflight(x *plugin.Context) plugin.Result {
	out := &x.R.Out
	out.Set("Access-Control-Allow-Methods", "POST")
	wanted, _ := x.R.In.Get("Access-Control-Request-Headers")
	if wanted == "" {
		wanted = i.Headers
	}
	out.Set("Access-Control-Allow-Headers", wanted)
	return x.AnswerEmpty(204)
}

// Header implements plugin.Header. What is no answer of gRPC, because the service was not
// reached, is left as it is; the browser's code shall see it all the same.
func (i *instance) Header(x *plugin.Context) {
	out := &x.R.Out
	if _, given := out.Get("Access-Control-Allow-Origin"); !given && i.Origin != "" {
		out.Set("Access-Control-Allow-Origin", i.Origin)
		if i.Origin != "*" {
			out.Add("Vary", "Origin")
		}
	}
	c := slot.Get(x.R)
	if c == nil {
		return
	}
	if _, given := out.Get("Access-Control-Expose-Headers"); !given {
		out.Set("Access-Control-Expose-Headers", "grpc-status,grpc-message")
	}
	if !isGRPC(out.ContentType) {
		slot.Put(x.R, nil)
		return
	}
	out.ContentType, out.Charset = c.kind, ""
	out.Del("Trailer")
	x.R.ExpectTrailers = false
	x.FilterBody()
}

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	kind := ""
	for k := range q.Headers {
		if strings.EqualFold(q.Headers[k].Name, "Content-Type") {
			kind = q.Headers[k].Value
		}
	}
	_, _, ok := kindOf(kind)
	switch {
	case q.Method == "OPTIONS":
		return plugin.Told{Status: 204, State: "answers", Why: "what a browser asks before it calls"}
	case isGRPC(kind):
		return plugin.Told{State: "lets pass", Why: "it is gRPC already"}
	case q.Method != "POST":
		return plugin.Told{Status: 405, State: "refuses", Why: "gRPC-Web calls are POST"}
	case !ok:
		return plugin.Told{Status: 415, State: "refuses", Why: "the Content-Type is none of gRPC-Web"}
	}
	return plugin.Told{State: "translates", Why: "to gRPC"}
}
