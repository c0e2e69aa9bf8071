package transform

import (
	"slices"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// Form is a query or a form: arguments in their order, decoded.
type Form struct{ args []arg }

type arg struct {
	name, value string
	bare        bool // without "="
}

// ParseForm reads arguments. They live as long as the request.
func ParseForm(r *httpd.Request, s string) *Form {
	f := new(Form)
	for rest := s; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		name, value, given := strings.Cut(pair, "=")
		if name != "" {
			f.args = append(f.args, arg{plugin.Unescape(r, name), plugin.Unescape(r, value), !given})
		}
	}
	return f
}

// Has tells whether an argument is there.
func (f *Form) Has(name string) bool {
	return slices.ContainsFunc(f.args, func(a arg) bool { return a.name == name })
}

// Remove takes all arguments of a name away.
func (f *Form) Remove(name string) (was bool) {
	n := len(f.args)
	f.args = slices.DeleteFunc(f.args, func(a arg) bool { return a.name == name })
	return len(f.args) < n
}

// Rename gives arguments another name; those that have it already go.
func (f *Form) Rename(name, to string) bool {
	if name == to || !f.Has(name) {
		return false
	}
	f.Remove(to)
	for i := range f.args {
		if f.args[i].name == name {
			f.args[i].name = to
		}
	}
	return true
}

// Set replaces the arguments of a name by one, in the place of the first.
func (f *Form) Set(name, value string) {
	i := slices.IndexFunc(f.args, func(a arg) bool { return a.name == name })
	if i < 0 {
		f.Append(name, value)
		return
	}
	f.args[i] = arg{name: name, value: value}
	rest := slices.DeleteFunc(f.args[i+1:], func(a arg) bool { return a.name == name })
	f.args = f.args[:i+1+len(rest)]
}

// Append adds an argument, behind others of its name.
func (f *Form) Append(name, value string) {
	at := len(f.args)
	for i := range f.args {
		if f.args[i].name == name {
			at = i + 1
		}
	}
	f.args = slices.Insert(f.args, at, arg{name: name, value: value})
}

// AddAll adds all arguments of another form.
func (f *Form) AddAll(o *Form) { f.args = append(f.args, o.args...) }

// Len is the number of arguments.
func (f *Form) Len() int { return len(f.args) }

// Text writes the arguments, escaped.
func (f *Form) Text() string {
	var b []byte
	for i, a := range f.args {
		if i > 0 {
			b = append(b, '&')
		}
		b = http1.AppendEscaped(b, a.name, http1.EscapeComponent)
		if !a.bare {
			b = append(b, '=')
			b = http1.AppendEscaped(b, a.value, http1.EscapeComponent)
		}
	}
	return http1.View(b)
}
