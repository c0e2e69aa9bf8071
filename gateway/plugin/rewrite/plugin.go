// Package rewrite is the plugin rewrite: another path, query, method or host for the
// service, made by patterns. The fields are those of APISIX's proxy-rewrite.
package rewrite

import (
	"fmt"
	"strings"

	"moongate/engine/regex"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
	"moongate/gateway/schema"
)

// Plugin is rewrite.
var Plugin = plugin.Plugin{
	Name: "rewrite",
	Doc:  "Gives the service another path, query, method or host.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "uri", Kind: schema.String, Ours: true, Check: checkURI, Doc: "The path, and more of the query behind \"?\"; $name and ${name} are variables. It goes before regex_uri."},
		{Name: "regex_uri", Kind: schema.Array, Ours: true, LenMin: 2, Elem: &schema.Field{Kind: schema.String}, Doc: "Pairs of a pattern and what takes the place of what it matches; the first pattern that matches counts."},
		{Name: "method", Kind: schema.String, Ours: true, OneOf: schema.Words("GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "MKCOL", "COPY", "MOVE", "PROPFIND", "LOCK", "UNLOCK", "PATCH", "TRACE"), Doc: "Another method."},
		{Name: "host", Kind: schema.String, Ours: true, Check: checkLine, Doc: "The Host header that the service gets."},
		transform.Record("headers", "What becomes of headers.",
			named("set", "Headers with a value in place of all that there are."), named("add", "Headers that come besides."), schema.Field{Name: "remove", Kind: schema.Array, Ours: true, Elem: &schema.Field{Kind: schema.String, Check: checkName}, Doc: "Headers that go."}),
		transform.Record("args", "What becomes of query arguments.",
			schema.Field{Name: "set", Kind: schema.Map, Ours: true, Keys: &schema.Field{Kind: schema.String}, Elem: &schema.Field{Kind: schema.String, Empty: true, Check: checkTemplate}, Doc: "Arguments with a value in place of all that there are."},
			schema.Field{Name: "remove", Kind: schema.Array, Ours: true, Elem: &schema.Field{Kind: schema.String}, Doc: "Arguments that go."}),
	}, Checks: []schema.Check{
		{Kind: schema.AtLeastOneOf, Fields: []string{"uri", "regex_uri", "method", "host", "headers.set", "headers.add", "headers.remove", "args.set", "args.remove"}},
		{Kind: schema.Custom, Func: checkPairs},
	}},
	New: newInstance,
}

func named(name, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Map, Ours: true, Doc: doc,
		Keys: &schema.Field{Kind: schema.String, Check: checkName}, Elem: &schema.Field{Kind: schema.String, Empty: true, Check: checkTemplate}}
}

func checkURI(v any) string {
	s, _ := v.(string)
	if !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "$") {
		return "should start with: /"
	}
	if strings.ContainsAny(s, " #") {
		return "must not have spaces or \"#\""
	}
	return checkTemplate(v)
}

func checkName(v any) string {
	s, _ := v.(string)
	if !plugin.IsHeaderName(s) || strings.EqualFold(s, "host") {
		return "'" + s + "' is not a valid header"
	}
	return ""
}

func checkLine(v any) string {
	if s, _ := v.(string); strings.ContainsAny(s, " \t\r\n\x00/") {
		return "is no host"
	}
	return checkTemplate(v)
}

func checkTemplate(v any) string {
	s, _ := v.(string)
	for i := range len(s) {
		if s[i] < ' ' || s[i] == 0x7f {
			return "must be one line"
		}
	}
	if _, err := newTemplate(s, nil); err != nil {
		return err.Error()
	}
	return ""
}

// checkPairs looks at patterns and at what refers to their groups.
func checkPairs(doc map[string]any) schema.Faults {
	list, _ := doc["regex_uri"].([]any)
	texts := make([]string, 0, len(list))
	for _, v := range list {
		s, _ := v.(string)
		texts = append(texts, s)
	}
	if _, err := newRules(texts); err != nil {
		return schema.Faults{{Pointer: "/regex_uri", Message: err.Error()}}
	}
	return nil
}

// rule is a pattern and what takes the place of what it matches.
type rule struct {
	re *regex.Regex
	to *template
}

func newRules(texts []string) (out []rule, err error) {
	if len(texts)%2 != 0 {
		return nil, fmt.Errorf("the length of regex_uri should be even: a pattern and a replacement each")
	}
	for i := 0; i < len(texts); i += 2 {
		var r rule
		if r.re, err = regex.Compile(texts[i], false); err != nil {
			return nil, fmt.Errorf("invalid regex_uri(%s): %w", texts[i], err)
		}
		if text := checkReplacement(texts[i+1]); text != "" {
			return nil, fmt.Errorf("invalid replacement \"%s\": %s", texts[i+1], text)
		}
		if r.to, err = newTemplate(texts[i+1], r.re); err != nil {
			return nil, fmt.Errorf("invalid replacement \"%s\": %w", texts[i+1], err)
		}
		out = append(out, r)
	}
	return out, nil
}

func checkReplacement(s string) string {
	if strings.ContainsAny(s, " #") {
		return "must not have spaces or \"#\""
	}
	return checkTemplate(s)
}
