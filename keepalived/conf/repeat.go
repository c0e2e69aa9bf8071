package conf

import (
	"fmt"
	"strconv"
	"strings"
)

// maxRepeats bounds what one line becomes.
const maxRepeats = 65536

// repeat makes the lines that "~SEQ(VAR, start, step, end) text" or "~LST(VAR, a, b) text" stands for. Those may begin with
// "~" again.
func (r *reader) repeat(line string, p Pos) []string {
	end := strings.IndexByte(line, ')')
	open := strings.IndexByte(line, '(')
	if open < 0 || end < open {
		r.file.fault(p, "'~' without '(...)' - ignoring "+line)
		return nil
	}
	args := list(r.substitute(line[open+1:end], p, 0))
	text := strings.TrimLeft(line[end+1:], " \t")
	var names []string
	var rows [][]string
	var err error
	switch kind := line[1:open]; kind {
	case "SEQ", "SEQx":
		names, rows, err = sequence(args, kind == "SEQx")
	case "LST":
		names, rows, err = listed(args)
	default:
		err = fmt.Errorf("unknown '~%s'", kind)
	}
	if err != nil {
		r.file.fault(p, err.Error()+" - ignoring "+line)
		return nil
	}
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = replaceNames(text, names, row)
	}
	return out
}

// list cuts arguments at commas outside of braces.
func list(text string) (out []string) {
	depth, from := 0, 0
	for i := 0; i <= len(text); i++ {
		switch {
		case i == len(text) || text[i] == ',' && depth == 0:
			out = append(out, strings.TrimSpace(text[from:i]))
			from = i + 1
		case text[i] == '{':
			depth++
		case text[i] == '}':
			depth--
		}
	}
	return out
}

func sequence(args []string, hex bool) (names []string, rows [][]string, err error) {
	if len(args) < 2 || len(args) > 4 || nameLen(args[0]) != len(args[0]) || args[0] == "" {
		return nil, nil, fmt.Errorf("a sequence is (VAR, start, step, end)")
	}
	n := make([]int, len(args)-1)
	for i, a := range args[1:] {
		if n[i], err = strconv.Atoi(a); err != nil {
			return nil, nil, fmt.Errorf("invalid number '%s' in a sequence", a)
		}
	}
	end := n[len(n)-1]
	start := 1
	if end < 1 {
		start = -1
	}
	if len(n) > 1 {
		start = n[0]
	}
	step := 1
	if end < start {
		step = -1
	}
	if len(n) > 2 {
		step = n[1]
	}
	if step == 0 || (end-start)/step < 0 || (end-start)/step >= maxRepeats {
		return nil, nil, fmt.Errorf("a sequence from %d to %d by %d does not end, or is longer than %d", start, end, step, maxRepeats)
	}
	format := "%d"
	if hex {
		format = "%x"
	}
	for i := start; step > 0 && i <= end || step < 0 && i >= end; i += step {
		rows = append(rows, []string{fmt.Sprintf(format, i)})
	}
	return args[:1], rows, nil
}

// listed is "VAR, a, b" or "{V,W}, {1,2}, {3,4}".
func listed(args []string) (names []string, rows [][]string, err error) {
	if len(args) < 2 {
		return nil, nil, fmt.Errorf("a list is (VAR, value, ...)")
	}
	if !strings.HasPrefix(args[0], "{") {
		for _, a := range args[1:] {
			rows = append(rows, []string{a})
		}
		return args[:1], rows, nil
	}
	inner := func(a string) []string { return list(strings.TrimSuffix(strings.TrimPrefix(a, "{"), "}")) }
	names = inner(args[0])
	for _, a := range args[1:] {
		row := inner(a)
		if len(row) != len(names) {
			return nil, nil, fmt.Errorf("%d values in '%s' for %d names", len(row), a, len(names))
		}
		rows = append(rows, row)
	}
	return names, rows, nil
}

// replaceNames puts values in the place of the names of a repetition.
func replaceNames(text string, names, values []string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		n, which := referred(text[i:], names)
		if n == 0 {
			b.WriteByte(text[i])
			i++
			continue
		}
		b.WriteString(values[which])
		i += n
	}
	return b.String()
}

// referred tells which of the names a text begins with a reference to, and how long that is.
func referred(text string, names []string) (n, which int) {
	for i, name := range names {
		if strings.HasPrefix(text, "${"+name+"}") {
			return len(name) + 3, i
		}
		if strings.HasPrefix(text, "$"+name) && (len(text) == len(name)+1 || blank(text[len(name)+1])) {
			return len(name) + 1, i
		}
	}
	return 0, 0
}
