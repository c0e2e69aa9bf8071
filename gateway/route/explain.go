package route

import (
	"fmt"
	"strconv"
	"strings"
)

// Trace is how the choice of a rule went: what was tried before the rule that won, and that one.
type Trace struct {
	Tried   []Try // first come first; the last one may be the winner
	Skipped int   // rules left out of Tried: their host or path doesn't fit
}

// Try is one rule with one of its paths.
type Try struct {
	Rule   *Rule
	Path   string   // as written; "" when the rule names none
	Failed *Failure // nil: it matched
}

// Failure is the first thing about a request that a rule would have otherwise.
type Failure struct {
	Kind     string // host, path, method, client class, source, sni, header, query, cookie
	Name     string // of the header, query or cookie
	Expected string
	Actual   string
}

func (f *Failure) String() string {
	what := f.Kind
	if f.Name != "" {
		what += " " + f.Name
	}
	return fmt.Sprintf("%s is %s, expected %s", what, f.Actual, f.Expected)
}

// Winner is the rule that Find gives, or nil.
func (t *Trace) Winner() *Rule {
	if n := len(t.Tried); n > 0 && t.Tried[n-1].Failed == nil {
		return t.Tried[n-1].Rule
	}
	return nil
}

// Explain asks all rules in order of precedence, down to the one that wins, and says of each why it is not the one. At most
// strangers of those whose host or path doesn't fit are told.
func (t *Table) Explain(req *Request, strangers int) *Trace {
	tr := &Trace{}
	for _, e := range t.ordered(req) {
		failed := e.explain(req)
		if failed != nil && e.stranger(req) {
			if strangers <= 0 {
				tr.Skipped++
				continue
			}
			strangers--
		}
		tr.Tried = append(tr.Tried, Try{e.rule, pathText(e.path), failed})
		if failed == nil {
			break
		}
	}
	return tr
}

// Why says what keeps one rule from matching, whatever other rules do: the failure of each of its paths, or nil for a rule that
// matches or isn't there.
func (t *Table) Why(id string, req *Request) []Try {
	if t == nil {
		return nil
	}
	c := t.rules.Get(id)
	if c == nil {
		return nil
	}
	var tries []Try
	for _, e := range c.fitting(req) {
		failed := e.explain(req)
		if failed == nil {
			return nil
		}
		tries = append(tries, Try{c.rule, pathText(e.path), failed})
	}
	return tries
}

// ordered are the entries of all rules in order of precedence, one for each rule and path.
func (t *Table) ordered(req *Request) []*entry {
	var all []*entry
	if t != nil {
		t.rules.Each(func(_ string, c *compiled) { all = append(all, c.fitting(req)...) })
	}
	return sorted(all)
}

// fitting is one entry for each of the rule's paths: that of the host which fits best.
func (c *compiled) fitting(req *Request) []*entry {
	var out []*entry
	for i, e := range c.entries {
		last := len(out) - 1
		switch {
		case i == 0 || e.path != c.entries[i-1].path:
			out = append(out, e)
		case e.hostFits(req) && (!out[last].hostFits(req) || e.before(&out[last].order)):
			out[last] = e
		}
	}
	return out
}

func pathText(p *path) string {
	if p == nil {
		return ""
	}
	return p.text
}

// stranger tells whether the index would not even have led here.
func (e *entry) stranger(req *Request) bool {
	return !e.hostFits(req) || e.path != nil && !strings.HasPrefix(req.Path, e.path.key)
}

func (e *entry) hostFits(req *Request) bool {
	return e.host == nil || e.host.matches(req.Host, req.Port)
}

// explain is match with words.
func (e *entry) explain(req *Request) *Failure {
	r := e.rule
	if !e.hostFits(req) {
		return &Failure{"host", "", oneOf(r.Hosts), quote(req.Host + ":" + strconv.Itoa(int(req.Port)))}
	}
	if e.path != nil && !strings.HasPrefix(req.Path, e.path.key) {
		return pathFailure(e.path, req, nil)
	}
	if len(e.methods) > 0 && !contains(e.methods, req.Method) {
		return &Failure{"method", "", oneOf(e.methods), quote(req.Method)}
	}
	if len(e.classes) > 0 && !contains(e.classes, req.Class) {
		return &Failure{"client class", "", oneOf(e.classes), className(req.Class)}
	}
	if len(e.sources) > 0 && !e.from(req) {
		return &Failure{"source", "", sourceTexts(e.sources), req.Client.String()}
	}
	if len(e.snis) > 0 && !e.named(req) {
		return &Failure{"sni", "", oneOf(e.snis), quote(req.SNI)}
	}
	for i := range e.values {
		if f := e.values[i].explain(req); f != nil {
			return f
		}
	}
	if e.path != nil && e.path.re != nil {
		if ok, err := e.path.re.Match(req.Path); !ok {
			return pathFailure(e.path, req, err)
		}
	}
	return nil
}

func (v *value) explain(req *Request) *Failure {
	var got []string
	var failed error
	for i := 0; ; i++ {
		s, ok := req.value(v.kind, v.name, i)
		if !ok {
			break
		}
		if ok, err := v.accepts(s); ok {
			return nil
		} else if err != nil {
			failed = err
		}
		got = append(got, strconv.Quote(s))
	}
	f := &Failure{kindName(v.kind), v.name, oneOf(v.any), "not there"}
	if v.re != nil {
		f.Expected = quote(v.text)
	}
	if len(got) > 0 {
		f.Actual = strings.Join(got, ", ")
	}
	if failed != nil {
		f.Actual += " (" + failed.Error() + ")"
	}
	return f
}

func pathFailure(p *path, req *Request, err error) *Failure {
	f := &Failure{"path", "", "the prefix " + quote(p.text), quote(req.Path)}
	if p.re != nil {
		f.Expected = quote(p.text)
	}
	if err != nil {
		f.Actual += " (" + err.Error() + ")"
	}
	return f
}

func className(class string) string {
	if class == "" {
		return "none"
	}
	return quote(class)
}

func quote(s string) string { return strconv.Quote(s) }

func oneOf(all []string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = quote(s)
	}
	if len(quoted) == 1 {
		return quoted[0]
	}
	return "one of " + strings.Join(quoted, ", ")
}

func sourceTexts(all []Source) string {
	texts := make([]string, len(all))
	for i, s := range all {
		if s.Prefix.IsValid() {
			texts[i] = s.Prefix.String()
		}
		if s.Port != 0 {
			texts[i] = strings.TrimSpace(texts[i] + " port " + strconv.Itoa(int(s.Port)))
		}
	}
	return strings.Join(texts, ", ")
}
