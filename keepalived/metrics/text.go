package metrics

import (
	"strconv"
	"strings"
)

// text writes families of Prometheus' text format, version 0.0.4.
type text struct {
	strings.Builder
	name string
}

const (
	counter = "counter"
	gauge   = "gauge"
)

// family begins a family: all its values must follow.
func (t *text) family(name, kind, help string) {
	t.name = name
	t.WriteString("# HELP " + name + " " + help + "\n# TYPE " + name + " " + kind + "\n")
}

// labels are names and values in turn.
type labels []string

var escape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// value writes one value of the family.
func (t *text) value(l labels, v float64) {
	t.WriteString(t.name)
	for i := 0; i+1 < len(l); i += 2 {
		sep := ","
		if i == 0 {
			sep = "{"
		}
		t.WriteString(sep + l[i] + `="` + escape.Replace(l[i+1]) + `"`)
	}
	if len(l) > 1 {
		t.WriteByte('}')
	}
	t.WriteString(" " + number(v) + "\n")
}

// number writes a number without an exponent.
func number(v float64) string {
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
