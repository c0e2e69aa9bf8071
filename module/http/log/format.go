package log

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// combined is the predefined format.
const combined = `$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"`

// format is a log_format: its pieces in order.
type format struct {
	name string
	ops  []op
}

// op appends one piece of a line. Those that depend on nothing but the request
// have neither text nor index.
type op struct {
	run    func(b []byte, r *httpd.Request, o *op) []byte
	text   string // literal
	index  httpd.VarIndex
	escape escape
}

// escape is how the values of variables are written.
type escape uint8

const (
	escapeDefault escape = iota // \xHH for quotes, backslashes and what is not plain ASCII; "-" for no value
	escapeJSON
	escapeNone
)

// readFormat is ngx_http_log_set_format.
func readFormat(c *directive.Call, m *mainConf) error {
	name := c.Args[0]
	for _, f := range m.formats {
		if f.name == name {
			return directive.Errorf("duplicate \"log_format\" name \"%s\"", name)
		}
	}
	f := &format{name: name}
	m.formats = append(m.formats, f)
	return f.compile(httpd.BuilderOf(c), c.Args[1:])
}

// compile is ngx_http_log_compile_format.
func (f *format) compile(b *httpd.Builder, args []string) error {
	esc := escapeDefault
	if word, ok := strings.CutPrefix(args[0], "escape="); ok {
		switch word {
		case "json":
			esc = escapeJSON
		case "none":
			esc = escapeNone
		case "default":
		default:
			return directive.Errorf("unknown log format escaping \"%s\"", word)
		}
		args = args[1:]
	}
	f.ops = []op{}
	for _, text := range args {
		for text != "" {
			i := strings.IndexByte(text, '$')
			if i != 0 {
				if i < 0 {
					i = len(text)
				}
				f.literal(text[:i])
				text = text[i:]
				continue
			}
			name, rest, err := variable(text)
			if err != nil {
				return err
			}
			f.variable(b, name, esc)
			text = rest
		}
	}
	return nil
}

// literal adds text, to the piece before if that is text as well.
func (f *format) literal(text string) {
	if n := len(f.ops); n > 0 && f.ops[n-1].text != "" {
		f.ops[n-1].text += text
		return
	}
	f.ops = append(f.ops, op{run: appendText, text: text})
}

func (f *format) variable(b *httpd.Builder, name string, esc escape) {
	if run := computed[name]; run != nil {
		f.ops = append(f.ops, op{run: run})
		return
	}
	o := op{run: values[esc], index: b.Var(name), escape: esc}
	if run := direct[name]; run != nil {
		o.run = run
	}
	f.ops = append(f.ops, o)
}

// variable reads "$name" or "${name}" at the start of text.
func variable(text string) (name, rest string, err error) {
	start := 1
	bracket := strings.HasPrefix(text, "${")
	if bracket {
		start = 2
	}
	i := start
	for i < len(text) && isNameByte(text[i]) {
		i++
	}
	name = text[start:i]
	if bracket && len(text) > start {
		if i == len(text) || text[i] != '}' {
			return "", "", directive.Errorf("the closing bracket in \"%s\" variable is missing", name)
		}
		i++
	}
	if name == "" {
		return "", "", directive.Errorf("invalid parameter \"%s\"", text)
	}
	return name, text[i:], nil
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
