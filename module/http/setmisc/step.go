package setmisc

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// convert makes one text of another; ok false when it can't be read.
type convert func(r *httpd.Request, text string) (value string, ok bool)

// compute makes a value of several texts.
type compute func(r *httpd.Request, texts []string) (value string, ok bool)

// target is the variable that a directive sets.
func target(c *directive.Call) (httpd.VarIndex, error) {
	name, ok := strings.CutPrefix(c.Args[0], "$")
	if !ok || name == "" {
		return 0, directive.Errorf("invalid variable name \"%s\"", c.Args[0])
	}
	index, err := httpd.BuilderOf(c).DefineWeakVar(httpd.Variable{Name: name, Changeable: true,
		Get: func(*httpd.Request) (string, bool) { return "", true }})
	if err != nil {
		return 0, directive.Errorf("%s", err)
	}
	return index, nil
}

// readConvert reads `$variable [text]`: without a text the variable's own value.
func readConvert(f convert) func(*directive.Call) error {
	return func(c *directive.Call) error {
		index, err := target(c)
		if err != nil {
			return err
		}
		source, err := httpd.CompileArg(c, c.Args[len(c.Args)-1])
		if err != nil {
			return err
		}
		return httpd.BuilderOf(c).AppendScript(c, func(r *httpd.Request) httpd.Result {
			v, ok := f(r, source.Eval(r))
			return put(r, index, v, ok)
		})
	}
}

// readMany reads `$variable text ...` with n texts.
func readMany(n int, f compute) func(*directive.Call) error {
	return func(c *directive.Call) error {
		index, err := target(c)
		if err != nil {
			return err
		}
		sources := make([]*httpd.Value, n)
		for i := range sources {
			if sources[i], err = httpd.CompileArg(c, c.Args[i+1]); err != nil {
				return err
			}
		}
		return httpd.BuilderOf(c).AppendScript(c, func(r *httpd.Request) httpd.Result {
			var few [2]string
			texts := few[:0]
			for _, s := range sources {
				texts = append(texts, s.Eval(r))
			}
			v, ok := f(r, texts)
			return put(r, index, v, ok)
		})
	}
}

func put(r *httpd.Request, index httpd.VarIndex, v string, ok bool) httpd.Result {
	if !ok {
		return 500
	}
	r.SetVar(index, v)
	return httpd.Declined
}

// readIfEmpty is set_if_empty.
func readIfEmpty(c *directive.Call) error {
	index, err := target(c)
	if err != nil {
		return err
	}
	source, err := httpd.CompileArg(c, c.Args[1])
	if err != nil {
		return err
	}
	return httpd.BuilderOf(c).AppendScript(c, func(r *httpd.Request) httpd.Result {
		if v, _ := r.Var(index); v == "" {
			r.SetVar(index, source.Eval(r))
		}
		return httpd.Declined
	})
}

func invalid(r *httpd.Request, name string) (string, bool) {
	r.Logf(errlog.Error, "%s: invalid value", name)
	return "", false
}
