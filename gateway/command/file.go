package command

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"moongate/gateway/declarative"
	"moongate/gateway/schema"
)

// file is a declarative file.
type file struct {
	name string
	text []byte
	doc  map[string]any
}

func (o *options) file() (*file, error) {
	f := &file{name: o.operands[0]}
	var err error
	if f.text, err = o.read(f.name); err != nil {
		return nil, err
	}
	if f.name == "-" {
		f.name = "standard input"
	}
	if f.doc, err = declarative.Parse(f.text); err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return f, nil
}

// tags are those of the option, or those that the file says it was made with.
func (f *file) tags(option string) string {
	if option != "" {
		return option
	}
	list, _ := schema.Get(f.doc, "_info.select_tags").([]any)
	var out []string
	for _, t := range list {
		if s, ok := t.(string); ok {
			out = append(out, s)
		}
	}
	return strings.Join(out, ",")
}

// faults tells what is wrong, each with its line, pointer and a hint.
func (f *file) faults(e *schema.Error) error {
	lines := declarative.NewLines(f.text)
	var b strings.Builder
	fmt.Fprintf(&b, "%s has %s", f.name, count(len(e.Faults), "fault"))
	for _, one := range e.Faults {
		fmt.Fprintf(&b, "\n%s:%d: %s: %s%s", f.name, lines.Of(one.Pointer), one.Pointer, f.plugin(one.Pointer), one.Message)
		if one.Hint != "" {
			fmt.Fprintf(&b, "\n\t%s", one.Hint)
		}
	}
	return errors.New(b.String())
}

// plugin names the plugin that a fault lies in: a pointer only counts them.
func (f *file) plugin(pointer string) string {
	path := schema.Split(pointer)
	var v any = f.doc
	name := ""
	for i, step := range path {
		switch in := v.(type) {
		case map[string]any:
			v = in[step]
		case []any:
			n, err := strconv.Atoi(step)
			if err != nil || n < 0 || n >= len(in) {
				return ""
			}
			v = in[n]
			if doc, ok := v.(map[string]any); ok && path[i-1] == "plugins" {
				name, _ = doc["name"].(string)
			}
		}
	}
	if name == "" || path[len(path)-1] == "name" { // what is said of its name has it
		return ""
	}
	return "plugin " + name + ": "
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
