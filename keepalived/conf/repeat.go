package conf

import (
	"fmt"
	"strconv"
	"strings"
)

// maxRepeats bounds what one line becomes.
const maxRepeats = 65536

// repeated tells whether a line is one that repeats: SEQ, SEQx, LST.
func repeated(line string) string {
	for _, kind := range []string{"SEQ", "SEQx", "LST"} {
		if strings.HasPrefix(line, "~"+kind+"(") {
			return kind
		}
	}
	return ""
}

// repeat makes the lines that "~SEQ(VAR, start, step, end) text" or "~LST(VAR, a, b) text" stands for. Those may begin with
// "~" again.
func (r *reader) repeat(kind, line string, p Pos) []string {
	var names []string
	var rows [][]string
	var fault string
	open, end := len(kind)+1, strings.IndexByte(line, ')')
	if end < 0 {
		fault = "definition"
	} else if args := r.substitute(line[open+1:end], p, 0); kind == "LST" {
		names, rows, fault = listed(list(args))
	} else {
		names, rows, fault = sequence(strings.FieldsFunc(args, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' }), kind == "SEQx")
	}
	if fault != "" {
		kind = kind[:3]
		if fault != "specification" {
			r.fault(p, "Invalid ~"+kind+" "+fault+" '"+line+"'")
		}
		r.fault(p, "Invalid ~"+kind+" specification '"+line+"'")
		return nil
	}
	text := strings.TrimLeft(line[end+1:], " \t")
	var out []string
	for _, row := range rows {
		// The text may be a definition that uses the names, so they are defined, too.
		for i, name := range names {
			out = append(out, "$"+name+"="+row[i])
		}
		out = append(out, replaceNames(text, names, row))
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

func sequence(args []string, hex bool) (names []string, rows [][]string, fault string) {
	if len(args) < 2 || len(args) > 4 || nameLen(args[0]) != len(args[0]) {
		return nil, nil, "definition"
	}
	n := make([]int, len(args)-1)
	for i, a := range args[1:] {
		v, err := strconv.ParseInt(a, 0, 32)
		if err != nil {
			return nil, nil, "definition"
		}
		n[i] = int(v)
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
	if step == 0 || step > 0 && end < start || step < 0 && end > start || (end-start)/step >= maxRepeats {
		return nil, nil, "values"
	}
	format := "%d"
	if hex {
		format = "%x"
	}
	for i := start; step > 0 && i <= end || step < 0 && i >= end; i += step {
		rows = append(rows, []string{fmt.Sprintf(format, i)})
	}
	return args[:1], rows, ""
}

// listed is "VAR, a, b" or "{V,W}, {1,2}, {3,4}". A name without a value is empty.
func listed(args []string) (names []string, rows [][]string, fault string) {
	if len(args) < 2 || len(args) > maxRepeats {
		return nil, nil, "specification"
	}
	if !strings.HasPrefix(args[0], "{") {
		for _, a := range args[1:] {
			rows = append(rows, []string{a})
		}
		return args[:1], rows, ""
	}
	inner := func(a string) []string { return list(strings.TrimSuffix(strings.TrimPrefix(a, "{"), "}")) }
	names = inner(args[0])
	for _, a := range args[1:] {
		row := inner(a)
		if len(row) > len(names) {
			return nil, nil, "specification"
		}
		for len(row) < len(names) {
			row = append(row, "")
		}
		rows = append(rows, row)
	}
	return names, rows, ""
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
