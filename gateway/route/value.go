package route

import (
	"fmt"
	"slices"
	"strings"

	"moongate/engine/regex"
)

// value is what one header, query or cookie must be.
type value struct {
	kind uint64
	name string
	any  []string     // of these; in lower case for a header
	re   *regex.Regex // or like this
	text string       // the regex as written
}

func parseValue(kind uint64, name string, values []string) (value, error) {
	v := value{kind: kind, name: name}
	if len(values) == 0 {
		return v, fmt.Errorf("%s %q: no value", kindName(kind), name)
	}
	if kind == kindHeader {
		v.name = lowerText(name)
	}
	if pattern, ok := strings.CutPrefix(values[0], "~*"); ok && len(values) == 1 {
		re, err := regex.Compile(pattern, true)
		if err != nil {
			return v, fmt.Errorf("%s %q: %w", kindName(kind), name, err)
		}
		v.re, v.text = re, values[0]
		return v, nil
	}
	for _, s := range unique(values) {
		if kind == kindHeader {
			s = lowerText(s)
		}
		v.any = append(v.any, s)
	}
	v.any = unique(v.any)
	return v, nil
}

func compareValues(a, b value) int {
	switch {
	case a.re == nil && b.re != nil:
		return -1
	case a.re != nil && b.re == nil:
		return 1
	case a.kind != b.kind:
		return int(b.kind) - int(a.kind)
	}
	return strings.Compare(a.name, b.name)
}

func unique(all []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
}

// lowerText changes ASCII letters only, as the comparisons with it do.
func lowerText(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] = lowerByte(b[i])
	}
	return string(b)
}
