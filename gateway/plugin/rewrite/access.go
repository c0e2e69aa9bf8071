package rewrite

import (
	"slices"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
)

type config struct {
	URI     string   `json:"uri"`
	Regex   []string `json:"regex_uri"`
	Method  string   `json:"method"`
	Host    string   `json:"host"`
	Headers struct {
		Set    map[string]string `json:"set"`
		Add    map[string]string `json:"add"`
		Remove []string          `json:"remove"`
	} `json:"headers"`
	Args struct {
		Set    map[string]string `json:"set"`
		Remove []string          `json:"remove"`
	} `json:"args"`
}

type instance struct {
	uri, host            *template
	rules                []rule
	method               string
	remove, without      []string // headers and arguments
	set, add, setInQuery []value
}

// value is a name with what it gets.
type value struct {
	name string
	to   *template
}

func newInstance(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	var conf config
	err := c.Decode(&conf)
	if err != nil {
		return nil, err
	}
	i := &instance{method: conf.Method, remove: conf.Headers.Remove, without: conf.Args.Remove}
	if i.rules, err = newRules(conf.Regex); err != nil {
		return nil, err
	}
	for _, one := range []struct {
		text string
		to   **template
	}{{conf.URI, &i.uri}, {conf.Host, &i.host}} {
		if one.text != "" {
			if *one.to, err = newTemplate(one.text, nil); err != nil {
				return nil, err
			}
		}
	}
	for _, m := range []struct {
		from map[string]string
		to   *[]value
	}{{conf.Headers.Set, &i.set}, {conf.Headers.Add, &i.add}, {conf.Args.Set, &i.setInQuery}} {
		for name, text := range m.from {
			t, err := newTemplate(text, nil)
			if err != nil {
				return nil, err
			}
			*m.to = append(*m.to, value{name, t})
		}
		slices.SortFunc(*m.to, func(a, b value) int { return strings.Compare(a.name, b.name) })
	}
	return i, nil
}

// Access implements plugin.Access. Everything is made of the request as it is before: the
// query that uri brings goes in front of the client's.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	var m match
	var room [20]int32
	m.offsets = room[:0]
	to := i.uri
	if to == nil {
		for k := range i.rules {
			ok, err := i.rules[k].match(x.R.URI, &m)
			if err != nil {
				x.R.Logf(errlog.Alert, "%s", err)
				return x.Answer(500, "An unexpected error occurred")
			}
			if ok {
				to = i.rules[k].to
				break
			}
		}
	}
	if to != nil {
		if res := i.target(x, to, &m); res != plugin.Next {
			return res
		}
	}
	i.others(x, &m)
	return plugin.Next
}

// match looks for the pattern.
func (r *rule) match(subject string, m *match) (bool, error) {
	if need := 2 * (r.re.Captures() + 1); cap(m.offsets) < need {
		m.offsets = make([]int32, need)
	}
	n, err := r.re.Exec(subject, m.offsets[:cap(m.offsets)])
	m.offsets = m.offsets[:n]
	if n > 0 {
		m.re, m.subject = r.re, subject
	}
	return n > 0, err
}

// target sets path and query. Of a path that a pattern has matched in part, the rest
// stays.
func (i *instance) target(x *plugin.Context, to *template, m *match) plugin.Result {
	r := x.R
	b := r.Alloc(256)[:0]
	if len(m.offsets) > 0 {
		b = http1.AppendEscaped(b, m.subject[:m.offsets[0]], http1.EscapeURI)
	}
	b = to.appendTo(b, r, m, asTarget)
	path, query, _ := strings.Cut(http1.View(b), "?")
	if len(m.offsets) > 0 {
		if rest := m.subject[m.offsets[1]:]; rest != "" {
			path = r.Concat(path, http1.View(http1.AppendEscaped(nil, rest, http1.EscapeURI)))
		}
	}
	if !strings.HasPrefix(path, "/") {
		r.Logf(errlog.Error, "gateway: rewrite: the path \"%s\" does not begin with \"/\"", path)
		return x.Answer(500, "An unexpected error occurred")
	}
	x.Out.Path = plugin.EscapePath(r, path)
	switch {
	case query != "" && x.Out.Query != "":
		x.Out.Query = r.Concat(query, "&", x.Out.Query)
	case query != "":
		x.Out.Query = query
	}
	return plugin.Next
}

// others sets what is no path. Values see the headers as they were.
func (i *instance) others(x *plugin.Context, m *match) {
	r := x.R
	if i.host != nil {
		x.Out.Host = http1.View(i.host.appendTo(r.Alloc(64)[:0], r, m, asHeader))
	}
	if len(i.setInQuery)+len(i.without) > 0 {
		f := transform.ParseForm(r, x.Out.Query)
		for _, name := range i.without {
			f.Remove(name)
		}
		for k := range i.setInQuery {
			v := &i.setInQuery[k]
			text := http1.View(v.to.appendTo(nil, r, m, plain))
			if f.Has(v.name) {
				f.Set(v.name, text)
			} else {
				f.Append(v.name, text)
			}
		}
		x.Out.Query = f.Text()
	}
	if i.method != "" {
		r.MethodName = i.method
	}
	if len(i.set)+len(i.add)+len(i.remove) == 0 {
		return
	}
	var room [16]string
	texts := room[:0]
	for _, list := range [][]value{i.set, i.add} {
		for k := range list {
			texts = append(texts, http1.View(list[k].to.appendTo(r.Alloc(64)[:0], r, m, asHeader)))
		}
	}
	for _, name := range i.remove {
		r.In.Del(name)
	}
	for k := range i.set {
		r.In.Set(i.set[k].name, texts[k])
	}
	for k := range i.add {
		r.In.Add(i.add[k].name, texts[len(i.set)+k])
	}
}
