package browser

import (
	"cmp"
	"slices"
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_browser_module.
var Module = &httpd.Module{
	Name:    "browser",
	Doc:     "Tells modern browsers from ancient ones.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct {
	modern       []version
	unlisted     bool // who is not listed is modern
	ancient      []string
	netscape4    bool
	modernValue  directive.Value[string]
	ancientValue directive.Value[string]
}

// version is a browser, by its place in kinds, and the first version that counts
// as modern.
type version struct {
	kind int
	from uint64
}

func init() {
	// Variables refer to the module: filled in here to break that ring.
	const levels = directive.HTTP | directive.Server | directive.Location
	Module.Directives = []directive.Directive{
		{Name: "modern_browser", Syntax: "browser version | unlisted", In: levels, Args: directive.Take12,
			Set: directive.Func(readModern).Inherited(inheritModern), Doc: "From which version on a browser is modern."},
		{Name: "ancient_browser", Syntax: "string ...", In: levels, Args: directive.OneMore,
			Set: directive.Func(readAncient).Inherited(inheritAncient), Doc: "What makes a browser ancient when its name has it."},
		{Name: "modern_browser_value", Syntax: "string", In: levels, Args: directive.Take1, Default: "1",
			Set: lastOne(func(c *conf) *directive.Value[string] { return &c.modernValue }), Doc: "The value of $modern_browser."},
		{Name: "ancient_browser_value", Syntax: "string", In: levels, Args: directive.Take1, Default: "1",
			Set: lastOne(func(c *conf) *directive.Value[string] { return &c.ancientValue }), Doc: "The value of $ancient_browser."},
	}
	Module.Variables = []httpd.Variable{
		{Name: "msie", Get: varMSIE, Changeable: true, Doc: "1 for Internet Explorer."},
		{Name: "modern_browser", Get: func(r *httpd.Request) (string, bool) { return value(r, true), true }, Changeable: true,
			Doc: "Not empty for modern browsers."},
		{Name: "ancient_browser", Get: func(r *httpd.Request) (string, bool) { return value(r, false), true }, Changeable: true,
			Doc: "Not empty for ancient browsers."},
	}
}

// lastOne is a string that may be written again: the last one counts.
func lastOne(get func(*conf) *directive.Value[string]) directive.Setter {
	return directive.Func(func(c *directive.Call, cf *conf) error {
		get(cf).Put(c, c.Args[0])
		return nil
	}).Inherited(func(p, c *conf) { get(c).InheritFrom(get(p)) }).
		Defaults(func(text string, c *conf) error { get(c).Or(text); return nil })
}

// never is a version that no browser reaches.
const never = 4001000000

// readModern is ngx_http_modern_browser.
func readModern(c *directive.Call, cf *conf) error {
	if len(c.Args) == 1 {
		if c.Args[0] != "unlisted" {
			return directive.Reason("invalid value")
		}
		cf.unlisted = true
		return nil
	}
	kind := slices.IndexFunc(kinds, func(k browser) bool { return strings.EqualFold(k.name, c.Args[0]) })
	if kind < 0 {
		return directive.Errorf("unknown browser name \"%s\"", c.Args[0])
	}
	from, n := parseVersion(c.Args[1], 0)
	if n != len(c.Args[1]) {
		return directive.Errorf("invalid browser version \"%s\"", c.Args[1])
	}
	if !slices.ContainsFunc(cf.modern, func(v version) bool { return v.kind == opera }) && kind != opera {
		// Opera calls itself MSIE as well: it is looked for first, and is not
		// modern unless it is listed.
		cf.modern = append(cf.modern, version{opera, never})
	}
	if kind == opera {
		cf.modern = slices.DeleteFunc(cf.modern, func(v version) bool { return v.kind == opera && v.from == never })
	}
	cf.modern = append(cf.modern, version{kind, from})
	slices.SortStableFunc(cf.modern, func(a, b version) int { return cmp.Compare(a.kind, b.kind) })
	return nil
}

// readAncient is ngx_http_ancient_browser.
func readAncient(c *directive.Call, cf *conf) error {
	for _, name := range c.Args {
		if name == "netscape4" {
			cf.netscape4 = true
		} else {
			cf.ancient = append(cf.ancient, name)
		}
	}
	return nil
}

func inheritModern(p, c *conf) {
	if c.modern == nil && !c.unlisted {
		c.modern, c.unlisted = p.modern, p.unlisted
	}
}

func inheritAncient(p, c *conf) {
	if c.ancient == nil && !c.netscape4 {
		c.ancient, c.netscape4 = p.ancient, p.netscape4
	}
}
