package release

import (
	"errors"
	"fmt"
	"strings"
)

// bound is one comparison of a range: all of them must hold.
type bound struct {
	op      string
	version string
}

var operators = []string{">=", "<=", "!=", "==", ">", "<", "="}

// versions are some exact ones, and bounds that hold together.
type versions struct {
	exact  []string
	bounds []bound
}

func (v *versions) empty() bool { return len(v.exact)+len(v.bounds) == 0 }

func (v *versions) have(s string) bool {
	for _, e := range v.exact {
		if c, ok := compareVersions(s, e); ok && c == 0 {
			return true
		}
	}
	return len(v.bounds) > 0 && within(s, v.bounds)
}

func parseVersions(texts []string) (v versions, err error) {
	for _, s := range texts {
		bounds, err := parseBounds(s)
		if err != nil {
			return v, err
		}
		for _, b := range bounds {
			if b.op == "=" || b.op == "==" {
				v.exact = append(v.exact, b.version)
			} else {
				v.bounds = append(v.bounds, b)
			}
		}
	}
	return v, nil
}

// parseBounds reads ">=2.3 <3" or "2.3.1"; a comma may stand between the parts.
func parseBounds(s string) ([]bound, error) {
	var out []bound
	op := ""
	for _, f := range strings.Fields(strings.ReplaceAll(s, ",", " ")) {
		for _, o := range operators {
			if op == "" && strings.HasPrefix(f, o) {
				op, f = o, f[len(o):]
			}
		}
		if f == "" {
			continue // the version comes after a space
		}
		if _, ok := compareVersions(f, f); !ok {
			return nil, fmt.Errorf("%q is not a version such as 2.3.1 or 2.3.1-beta", f)
		}
		if op == "" {
			op = "="
		}
		out = append(out, bound{op, f})
		op = ""
	}
	if op != "" || out == nil {
		return nil, errors.New("a range is like >=2.3 <3")
	}
	return out, nil
}

// within tells whether v is a version and in the range.
func within(v string, bounds []bound) bool {
	for _, b := range bounds {
		c, ok := compareVersions(v, b.version)
		if !ok {
			return false
		}
		switch b.op {
		case ">=":
			ok = c >= 0
		case "<=":
			ok = c <= 0
		case "!=":
			ok = c != 0
		case ">":
			ok = c > 0
		case "<":
			ok = c < 0
		}
		if !ok {
			return false
		}
	}
	return true
}

// compareVersions orders as semver 2.0.0, section 11, with any number of parts: "2" is "2.0.0", a leading v and what follows a
// + do not count, and 2.0-beta comes before 2.0. ok is false where one is not a version.
func compareVersions(a, b string) (c int, ok bool) {
	a, preA, okA := cutVersion(a)
	b, preB, okB := cutVersion(b)
	if !okA || !okB {
		return 0, false
	}
	for (a != "" || b != "") && c == 0 {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		c = compareNumbers(x, y)
	}
	switch {
	case c != 0 || preA == preB:
	case preA == "":
		c = 1
	case preB == "":
		c = -1
	default:
		c = comparePre(preA, preB)
	}
	return c, true
}

// cutVersion takes v1.2.3-pre+build apart.
func cutVersion(s string) (numbers, pre string, ok bool) {
	if s != "" && lower(s[0]) == 'v' {
		s = s[1:]
	}
	s, _, _ = strings.Cut(s, "+")
	numbers, pre, dash := strings.Cut(s, "-")
	if dash && pre == "" {
		return "", "", false
	}
	digit := false // the last character was one
	for i := range len(numbers) {
		switch c := numbers[i]; {
		case c >= '0' && c <= '9':
			digit = true
		case c == '.' && digit:
			digit = false
		default:
			return "", "", false
		}
	}
	return numbers, pre, digit
}

// compareNumbers compares digits of any length; none is 0.
func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// comparePre: numbers before words, a shorter list before a longer one.
func comparePre(a, b string) int {
	for {
		var x, y string
		var moreA, moreB bool
		x, a, moreA = strings.Cut(a, ".")
		y, b, moreB = strings.Cut(b, ".")
		nx, ny := isNumber(x), isNumber(y)
		c := 0
		switch {
		case nx && ny:
			c = compareNumbers(x, y)
		case nx:
			c = -1
		case ny:
			c = 1
		default:
			c = strings.Compare(x, y)
		}
		switch {
		case c != 0:
			return c
		case !moreA && !moreB:
			return 0
		case !moreA:
			return -1
		case !moreB:
			return 1
		}
	}
}

func isNumber(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
