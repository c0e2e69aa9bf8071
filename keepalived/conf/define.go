package conf

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// maxDepth bounds definitions that use each other.
const maxDepth = 64

// definition reads "$NAME=value".
func definition(line string) (name, value string, ok bool) {
	if line == "" || line[0] != '$' {
		return "", "", false
	}
	n := nameLen(line[1:])
	if n == 0 || 1+n >= len(line) || line[1+n] != '=' {
		return "", "", false
	}
	return line[1 : 1+n], line[2+n:], true
}

func nameLen(text string) int {
	n := 0
	for n < len(text) && (text[n] == '_' || text[n]|0x20 >= 'a' && text[n]|0x20 <= 'z' || n > 0 && text[n] >= '0' && text[n] <= '9') {
		n++
	}
	return n
}

// substitute puts values in the place of ${NAME}, and of $NAME before a blank. Names that are not defined stay.
func (r *reader) substitute(line string, p Pos, depth int) string {
	if !strings.Contains(line, "$") {
		return line
	}
	var b strings.Builder
	for i := 0; i < len(line); {
		if line[i] != '$' {
			b.WriteByte(line[i])
			i++
			continue
		}
		value, n, known := r.value(line[i:], p)
		switch {
		case n == 0:
			n, value = 1, "$"
		case !known:
			value = line[i : i+n]
		case depth >= maxDepth:
			r.fault(p, "definitions use each other: "+line[i:i+n])
			value = ""
		default:
			value = r.substitute(value, p, depth+1)
		}
		if b.Len()+len(value) > maxLine {
			r.fault(p, "Parameter substitution on line '"+line+"' would exceed maximum line length")
			return ""
		}
		b.WriteString(value)
		i += n
	}
	return b.String()
}

// value is that of the reference at the beginning of a text, and how long the reference is.
func (r *reader) value(text string, p Pos) (value string, n int, known bool) {
	if strings.HasPrefix(text, "${") {
		end := strings.IndexByte(text, '}')
		if end < 0 {
			return "", 0, false
		}
		inner := text[2:end]
		if m := nameLen(inner); m == len(inner) {
			value, known = r.named(inner)
		} else if args := strings.Fields(inner[m:]); len(args) > 0 && blank(inner[m]) {
			value, known = called(inner[:m], args)
		}
		return value, end + 1, known
	}
	m := nameLen(text[1:])
	if m == 0 || 1+m < len(text) && !blank(text[1+m]) {
		return "", 0, false
	}
	value, known = r.named(text[1 : 1+m])
	return value, 1 + m, known
}

func (r *reader) named(name string) (string, bool) {
	if v, ok := r.values[name]; ok {
		return v, true
	}
	switch name {
	case "_PWD":
		return filepath.Dir(r.open[len(r.open)-1].name), true
	case "_INSTANCE":
		return r.options.Instance, r.options.Instance != ""
	case "_HASH":
		return "#", true
	case "_BANG":
		return "!", true
	case "_RANDOM":
		return called(name, nil)
	}
	return "", false
}

// called are definitions with arguments.
func called(name string, args []string) (string, bool) {
	switch {
	case name == "_ENV" && len(args) == 1:
		return os.LookupEnv(args[0])
	case name == "_RANDOM" && len(args) <= 2:
		lo, hi := 0, 32767
		for i, at := range []*int{&lo, &hi} {
			if i < len(args) {
				n, err := strconv.Atoi(args[i])
				if err != nil {
					return "", false
				}
				*at = n
			}
		}
		if hi < lo {
			return "", false
		}
		return strconv.Itoa(lo + rand.IntN(hi-lo+1)), true
	}
	return "", false
}
