package rewrite

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// readIf is ngx_http_rewrite_if.
func readIf(c *directive.Call, cf *conf) error {
	b := httpd.BuilderOf(c)
	sub := b.NewSub(c, httpd.LocIf)
	if err := cf.condition(c); err != nil {
		return err
	}
	in := instr{op: opIf}
	inside := directive.ServerIf
	if c.In != directive.Server {
		inside, in.loc = directive.LocationIf, sub
	}
	at := cf.add(in)
	// What is written inside belongs to the same program.
	own := httpd.LocConf[conf](sub, Module)
	own.prog = cf.prog
	err := b.WalkIn(c, sub, inside)
	own.prog = nil
	cf.prog.code[at].next = len(cf.prog.code)
	return err
}

// condition is ngx_http_rewrite_if_condition: it compiles what leaves the
// truth on the stack.
func (cf *conf) condition(c *directive.Call) error {
	words := append([]string(nil), c.Args...)
	invalid := func(word string) error { return directive.Errorf("invalid condition \"%s\"", word) }
	first := words[0]
	if first == "" || first[0] != '(' {
		return invalid(first)
	}
	if words[0] = first[1:]; words[0] == "" {
		words = words[1:]
		if len(words) == 0 {
			return invalid(first)
		}
	}
	end := len(words) - 1
	if last := words[end]; !strings.HasSuffix(last, ")") {
		return invalid(last)
	} else if last != ")" {
		words[end] = last[:len(last)-1]
	} else if end > 0 {
		words = words[:end]
	}
	word := words[0]
	switch {
	case len(word) > 1 && word[0] == '$':
		if len(words) != 1 && len(words) != 3 {
			return invalid(word)
		}
		cf.add(instr{op: opVariable, index: httpd.BuilderOf(c).Var(word[1:])})
		if len(words) == 1 {
			return nil
		}
		return cf.compare(c, words[1], words[2])
	case len(word) == 2 && word[0] == '-', len(word) == 3 && word[:2] == "!-":
		if len(words) != 2 {
			return invalid(word)
		}
		if err := cf.push(c, words[1]); err != nil {
			return err
		}
		op := word[len(word)-1]
		if strings.IndexByte("fdex", op) < 0 {
			return invalid(word)
		}
		cf.add(instr{op: opFile, file: op, neg: word[0] == '!'})
		return nil
	}
	return invalid(word)
}

// compare compiles a condition's operator with what stands on its right.
func (cf *conf) compare(c *directive.Call, op, right string) error {
	switch op {
	case "=", "!=":
		if err := cf.push(c, right); err != nil {
			return err
		}
		cf.add(instr{op: opEqual, neg: op == "!="})
		return nil
	case "~", "~*", "!~", "!~*":
		re, err := httpd.BuilderOf(c).Regex(right, strings.HasSuffix(op, "*"))
		if err != nil {
			return directive.Errorf("%s", err)
		}
		cf.add(instr{op: opMatch, pattern: right, re: re, neg: op[0] == '!'})
		return nil
	}
	return directive.Errorf("unexpected \"%s\" in condition", op)
}
