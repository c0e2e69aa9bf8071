package splitclients

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_split_clients_module.
var Module = &httpd.Module{
	Name:    "split_clients",
	Doc:     "Parts clients by percentages.",
	NewMain: func() any { return new(conf) },
	Directives: []directive.Directive{{
		Name: "split_clients", Syntax: "string $variable {}", In: directive.HTTP, Args: directive.Take2, Body: directive.Pairs,
		Set: directive.Func(read), Doc: "Makes a variable whose value is chosen by the hash of the string.",
	}},
}

type conf struct{}

// split is one block. A part's bound is the hash below which it is chosen; the
// part with the bound 0 takes all the rest.
type split struct {
	key   *httpd.Value
	parts []part
}

type part struct {
	percent uint32 // hundredths, 0 for "*"
	bound   uint32
	value   string
}

// read is ngx_conf_split_clients_block.
func read(c *directive.Call, _ *conf) error {
	s := new(split)
	var err error
	if s.key, err = httpd.CompileArg(c, c.Args[0]); err != nil {
		return err
	}
	name := c.Args[1]
	if !strings.HasPrefix(name, "$") {
		return directive.Errorf("invalid variable name \"%s\"", name)
	}
	if _, err := httpd.BuilderOf(c).DefineVar(httpd.Variable{Name: name[1:], Get: s.get, Changeable: true}); err != nil {
		return directive.Errorf("%s", err)
	}
	if err := c.PairsNoInclude(s.pair); err != nil {
		return err
	}
	return s.finish()
}

func (s *split) pair(p *syntax.Node) error {
	pt := part{}
	if len(p.Args) > 0 {
		pt.value = p.Args[0]
	}
	if p.Name != "*" {
		n, ok := percent(strings.TrimSuffix(p.Name, "%"))
		if !ok || n == 0 || !strings.HasSuffix(p.Name, "%") {
			return directive.Errorf("invalid percent value \"%s\"", p.Name)
		}
		pt.percent = n
	}
	s.parts = append(s.parts, pt)
	return nil
}

// percent reads a number with at most two digits behind the point, as
// hundredths (ngx_atofp).
func percent(text string) (uint32, bool) {
	whole, frac, point := strings.Cut(text, ".")
	if len(frac) > 2 || whole+frac == "" {
		return 0, false
	}
	if point {
		for len(frac) < 2 {
			frac += "0"
		}
	} else {
		frac = "00"
	}
	n, ok := directive.ParseInt(whole + frac)
	if !ok || n > 1<<31 {
		return 0, false
	}
	return uint32(n), true
}

// finish makes bounds of the percentages.
func (s *split) finish() error {
	sum, last := uint32(0), uint32(0)
	for i := range s.parts {
		p := &s.parts[i]
		if p.percent == 0 {
			sum = 10000
		} else {
			sum += p.percent
		}
		switch {
		case sum > 10000:
			return directive.Errorf("percent total is greater than 100%%")
		case sum == 10000:
			continue
		}
		last += uint32(uint64(p.percent) * 0xffffffff / 10000)
		p.bound = last
	}
	return nil
}

// get is ngx_http_split_clients_variable.
func (s *split) get(r *httpd.Request) (string, bool) {
	hash := murmur2(s.key.Eval(r))
	for i := range s.parts {
		if p := &s.parts[i]; hash < p.bound || p.bound == 0 {
			return p.value, true
		}
	}
	return "", true
}
