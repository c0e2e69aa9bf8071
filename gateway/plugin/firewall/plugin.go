// Package firewall is the plugin firewall: rules that let requests pass or refuse them,
// detection of bots, and Coraza with the OWASP core rule set. What is asked first costs
// least:
//
//	request --> rules --> bots --> Coraza: head, then body --> service
//	client  <-- Coraza: the answer's header and body (responses) <--+
//
// rules.go and bots.go decide by themselves. A Coraza WAF is made of a text of directives
// (program.go) and is the same for all configurations with the same text (shelf.go). It
// computes for about a millisecond per request, so that the loop is given away before it
// is asked (inspect.go). What was decided is told to logs, metrics and the client in
// verdict.go, and to "moongate explain" in tell.go.
package firewall

import (
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is firewall.
var Plugin = plugin.Plugin{
	Name: "firewall",
	Doc:  "Refuses attacks: own rules, bots, and the OWASP core rule set.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "mode", Kind: schema.String, Required: true, Default: "block", OneOf: schema.Words("off", "detect", "block"), Doc: "Whether requests are refused (block), only logged and counted (detect), or not looked at (off)."},
		{Name: "rules", Kind: schema.Array, LenMax: 1000, Elem: &ruleField, Doc: "Rules of one's own; the first one that fits decides, and nothing else is asked then."},
		botsField,
		{Name: "core_rules", Kind: schema.Boolean, Required: true, Default: true, Doc: "Whether the OWASP core rule set judges."},
		{Name: "paranoia_level", Kind: schema.Integer, Required: true, Default: 1, Between: schema.Between(1, 4), Doc: "How many of the core rules count: 1 has few false alarms, 4 many."},
		{Name: "detection_paranoia_level", Kind: schema.Integer, Between: schema.Between(1, 4), Doc: "Rules up to this level are logged too, though they don't count."},
		{Name: "inbound_threshold", Kind: schema.Integer, Required: true, Default: 5, Between: schema.Between(1, 10000), Doc: "The score from which on a request is refused; one critical rule gives 5."},
		{Name: "outbound_threshold", Kind: schema.Integer, Required: true, Default: 4, Between: schema.Between(1, 10000), Doc: "The score from which on an answer is."},
		{Name: "allowed_methods", Kind: schema.Set, Default: []string{"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}, LenMin: 1, Elem: &schema.Field{Kind: schema.String, Check: checkMethod}, Doc: "Methods that core rules have nothing against."},
		{Name: "exclusions", Kind: schema.Array, LenMax: 200, Elem: &exclusionField, Doc: "Rules that don't count, or not for some values."},
		{Name: "directives_before", Kind: schema.String, LenMax: maxDirectives, Doc: "SecLang in front of the core rules: settings, and exclusions that depend on the request. Ids from 1 to 89999 are free."},
		{Name: "directives_after", Kind: schema.String, LenMax: maxDirectives, Doc: "SecLang behind them: rules of one's own."},
		{Name: "request_body", Kind: schema.Boolean, Required: true, Default: true, Doc: "Whether forms, multipart forms, JSON and XML in requests are inspected."},
		{Name: "request_body_limit", Kind: schema.Integer, Required: true, Default: 1 << 20, Between: schema.Between(1, maxBody), Doc: "Bytes of them that are inspected."},
		{Name: "request_body_over", Kind: schema.String, Required: true, Default: "reject", OneOf: schema.Words("reject", "pass"), Doc: "What becomes of longer ones: 413, or the beginning is inspected and the rest passes."},
		{Name: "responses", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether answers are inspected for what should not leave the house. They are held back for that."},
		{Name: "response_types", Kind: schema.Set, Default: []string{"text/plain", "text/html", "text/xml", "application/json"}, LenMin: 1, Elem: &schema.Field{Kind: schema.String, Check: checkType}, Doc: "Types of bodies that are."},
		{Name: "response_body_limit", Kind: schema.Integer, Required: true, Default: 512 << 10, Between: schema.Between(1, maxBody), Doc: "Bytes of them that are inspected; the rest passes."},
		{Name: "status", Kind: schema.Integer, Between: schema.Between(200, 599), Doc: "The status of a refusal; without it the rule's own, which is mostly 403."},
		{Name: "message", Kind: schema.String, Doc: "Its message; not together with body."},
		{Name: "content_type", Kind: schema.String, Doc: "The type of body."},
		{Name: "body", Kind: schema.String, Doc: "Its whole body."},
		{Name: "logged_matches", Kind: schema.Integer, Required: true, Default: 20, Between: schema.Between(0, 200), Doc: "How many of the rules that fit are told to log plugins, at most."},
	}, Checks: []schema.Check{
		{Kind: schema.MutuallyExclusive, Fields: []string{"message", "body"}},
		{Kind: schema.MutuallyExclusive, Fields: []string{"message", "content_type"}},
		{Kind: schema.Custom, Func: checkProgram},
	}},
	Tells: plugin.ByConfig,
	New:   newInstance,
}

const (
	maxBody       = 64 << 20
	maxDirectives = 256 << 10
)

var ruleField = schema.Field{Kind: schema.Record, Shape: schema.Shape{Fields: []schema.Field{
	{Name: "action", Kind: schema.String, Required: true, OneOf: schema.Words("allow", "deny"), Doc: "What is done with requests that it fits: allow lets them pass all of the firewall."},
	{Name: "name", Kind: schema.String, LenMax: 100, Doc: "What it is called in logs."},
	{Name: "addresses", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String, Check: entity.IPOrCIDR}, Doc: "Addresses and networks of clients."},
	{Name: "methods", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String, Check: checkMethod}, Doc: "Methods."},
	{Name: "path", Kind: schema.String, Check: checkPath, Doc: "The decoded path: as it is, with * for any text, or ~ and a regular expression."},
	{Name: "headers", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String, Check: checkHeader}, Elem: &schema.Field{Kind: schema.String, Check: checkPattern}, Doc: "Headers that it must have, with patterns as for path; * is any value."},
	{Name: "query", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String}, Elem: &schema.Field{Kind: schema.String, Check: checkPattern}, Doc: "Query arguments that it must have."},
	{Name: "status", Kind: schema.Integer, Between: schema.Between(200, 599), Doc: "The status of this refusal."},
}}}

var botsField = schema.Field{Name: "bots", Kind: schema.Record, Doc: "Detection of bots by their User-Agent.", Shape: schema.Shape{Fields: []schema.Field{
	{Name: "allow", Kind: schema.Array, Default: []string{}, Elem: &schema.Field{Kind: schema.String, Check: checkRegexp}, Doc: "Regular expressions: who fits is no bad bot."},
	{Name: "deny", Kind: schema.Array, Default: []string{}, Elem: &schema.Field{Kind: schema.String, Check: checkRegexp}, Doc: "Regular expressions: who fits is refused."},
	{Name: "scanners", Kind: schema.Boolean, Required: true, Default: true, Doc: "Whether well-known scanners are refused."},
	{Name: "verify", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether those who say that they are a search engine are looked up in the DNS, and refused if they are not."},
}}}

var exclusionField = schema.Field{Kind: schema.Record, Shape: schema.Shape{Fields: []schema.Field{
	{Name: "ids", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String, Check: checkIDs}, Doc: "Rules by id, or ranges: 942100, 942000-942999."},
	{Name: "tags", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String, Check: checkTag}, Doc: "Rules by tag: attack-sqli."},
	{Name: "targets", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String, Check: checkTarget}, Doc: "Values that these rules don't look at: ARGS:password; without any they count for nothing."},
}, Checks: []schema.Check{{Kind: schema.AtLeastOneOf, Fields: []string{"ids", "tags"}}}}}

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := &instance{env: e, id: c.ID}
	if err := c.Decode(&i.config); err != nil {
		return nil, err
	}
	if i.Mode == "off" {
		return i, nil
	}
	if err := i.prepare(); err != nil {
		return nil, err
	}
	if !i.needsEngine() || e.Worker == nil {
		return i, nil // who only tells has one when somebody asks
	}
	i.engine = shelved.take(i.program())
	if err := i.engine.make(); err != nil {
		shelved.give(i.engine)
		return nil, err
	}
	return i, nil
}
