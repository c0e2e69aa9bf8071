package config

import (
	"reflect"

	"moongate/core/config/directive"
)

// Doc is a row as the reference pages, the man pages and the completion of
// the dashboard need it.
type Doc struct {
	Name     string   `json:"name"`
	Module   string   `json:"module,omitempty"`
	Syntax   string   `json:"syntax"`
	Default  string   `json:"default,omitempty"`
	Since    string   `json:"since,omitempty"`
	Contexts []string `json:"contexts"`
	Args     string   `json:"args"`
	Body     string   `json:"body,omitempty"` // directives, pairs, lua
	Kind     string   `json:"kind"`
	Choices  []string `json:"choices,omitempty"`
	Text     string   `json:"text"`
}

var bodyWords = [...]string{directive.NoBody: "", directive.Block: "directives", directive.Pairs: "pairs", directive.RawLua: "lua"}

// Docs describes every row, "include" first.
func (t *Table) Docs() []Doc {
	docs := []Doc{document(&Row{Directive: Include})}
	for i := range t.rows {
		docs = append(docs, document(&t.rows[i]))
	}
	return docs
}

func document(r *Row) Doc {
	return Doc{
		Name: r.Name, Module: r.Module, Syntax: syntaxLine(&r.Directive), Default: r.Default, Since: r.Since,
		Contexts: r.In.Words(), Args: r.Args.String(), Body: bodyWords[r.Body],
		Kind: r.Set.Kind(), Choices: r.Set.Choices(), Text: text(&r.Directive),
	}
}

func text(d *directive.Directive) string {
	if d.Idle == "" {
		return d.Doc
	}
	return d.Doc + " It has no effect: " + d.Idle + "."
}

func syntaxLine(d *directive.Directive) string {
	line := d.Name
	if d.Syntax != "" {
		line += " " + d.Syntax
	}
	if d.Body != directive.NoBody {
		return line + " { ... }"
	}
	return line + ";"
}

func sameType(s directive.Setter, object any) bool {
	t := reflect.TypeOf(object)
	return t != nil && t.Kind() == reflect.Pointer && t.Elem() == s.ConfType()
}
