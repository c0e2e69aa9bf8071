// Package requesttermination is the plugin request-termination: it answers requests
// itself, for maintenance, or to take an API out of service for some of its users.
package requesttermination

import (
	"cmp"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
	"moongate/gateway/schema"
)

// Plugin is request-termination.
var Plugin = plugin.Plugin{
	Name: "request-termination",
	Doc:  "Answers requests itself, with a status and a message or a body.",
	Config: schema.Shape{
		Fields: []schema.Field{
			{Name: "status_code", Kind: schema.Integer, Required: true, Default: 503, Between: schema.Between(100, 599), Doc: "The answer's status."},
			{Name: "message", Kind: schema.String, Doc: "Said as {\"message\": ...}; not together with body."},
			{Name: "content_type", Kind: schema.String, Check: transform.CheckLine, Doc: "Type of the body."},
			{Name: "body", Kind: schema.String, Doc: "The whole body of the answer."},
			{Name: "echo", Kind: schema.Boolean, Required: true, Default: false, Doc: "For tests: the answer tells what was asked."},
			{Name: "trigger", Kind: schema.String, Doc: "Only requests with this header or query argument are answered."},
		},
		Checks: []schema.Check{
			{Kind: schema.Custom, Func: together},
		},
	},
	Tells: plugin.ByConfig,
	New: func(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := new(instance)
		return i, c.Decode(i)
	},
}

// together judges fields that mean nothing beside each other, in Kong's words.
func together(doc map[string]any) schema.Faults {
	has := func(name string) bool { s, _ := doc[name].(string); return s != "" }
	echo, _ := doc["echo"].(bool)
	text := ""
	switch {
	case has("message") && (has("content_type") || has("body")):
		text = "message cannot be used with content_type or body"
	case has("content_type") && !has("body"):
		text = "content_type requires a body"
	case echo && has("body"):
		text = "echo cannot be used with content_type and body"
	default:
		return nil
	}
	return schema.Faults{{Message: text, Entity: true}}
}

type instance struct {
	Status  int    `json:"status_code"`
	Message string `json:"message"`
	Type    string `json:"content_type"`
	Body    string `json:"body"`
	Echo    bool   `json:"echo"`
	Trigger string `json:"trigger"`
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	if i.Trigger != "" && !x.HasHeader(i.Trigger) && !x.HasArg(i.Trigger) {
		return plugin.Next
	}
	if i.Echo {
		return i.echo(x)
	}
	if i.Body != "" {
		return x.AnswerWith(i.Status, cmp.Or(i.Type, "application/json; charset=utf-8"), i.Body)
	}
	message := cmp.Or(i.Message, standard[i.Status])
	if message == "" {
		return x.AnswerEmpty(i.Status)
	}
	return x.Answer(i.Status, message)
}

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	switch {
	case i.Trigger == "":
		return plugin.Told{Status: i.Status, State: "answers", Why: "to all requests"}
	case q.HasHeader(i.Trigger) || q.HasArg(i.Trigger):
		return plugin.Told{Status: i.Status, State: "answers", Why: "the request has " + i.Trigger}
	}
	return plugin.Told{State: "lets pass", Why: "the request has no " + i.Trigger}
}

// standard is what is said of some statuses when nothing else is.
var standard = map[int]string{401: "Unauthorized", 404: "Not found", 405: "Method not allowed", 500: "An unexpected error occurred",
	502: "Bad Gateway", 503: "Service unavailable"}
