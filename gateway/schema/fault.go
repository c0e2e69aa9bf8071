package schema

import (
	"slices"
	"strconv"
	"strings"
)

// Fault is one thing that is wrong with a document.
type Fault struct {
	// Pointer leads to the value (RFC 6901); "" is the document itself.
	Pointer string `json:"pointer"`
	Message string `json:"message"` // in Kong's words
	Hint    string `json:"hint,omitempty"`
	// Entity is set when the fault lies between fields of the record at Pointer,
	// Kong's @entity.
	Entity bool `json:"-"`

	// indexes has a bit for each name of Pointer, the last one lowest: set where
	// it counts members of an array, and so is not the name of a field.
	indexes uint64
}

// at is a place in a document while it is walked.
type at struct {
	pointer string
	indexes uint64
}

func (p at) join(name string) at { return at{Join(p.pointer, name), p.indexes << 1} }
func (p at) index(i int) at      { return at{p.pointer + "/" + strconv.Itoa(i), p.indexes<<1 | 1} }

// dots follows a dotted path.
func (p at) dots(path string) at {
	for _, n := range splitDots(path) {
		p = p.join(n)
	}
	return p
}

// Faults is all that is wrong, in the order of the schema's fields.
type Faults []Fault

func (f Faults) Error() string { return Violation(f).Message }

// Below moves faults to where their document lies in a larger one: strings are
// names of fields, ints count members of arrays.
func (f Faults) Below(path ...any) Faults {
	p := at{}
	for _, e := range path {
		switch e := e.(type) {
		case int:
			p = p.index(e)
		case string:
			p = p.join(e)
		}
	}
	return f.below(p)
}

func (f Faults) below(p at) Faults {
	out := slices.Clone(f)
	for i := range out {
		deep := len(Split(out[i].Pointer))
		out[i].Pointer = p.pointer + out[i].Pointer
		out[i].indexes |= p.indexes << deep
	}
	return out
}

var escapes = strings.NewReplacer("~", "~0", "/", "~1")
var unescapes = strings.NewReplacer("~1", "/", "~0", "~")

// Join adds a member's name to a pointer.
func Join(pointer, name string) string { return pointer + "/" + escapes.Replace(name) }

// Split is the names that a pointer is made of.
func Split(pointer string) []string {
	if pointer == "" {
		return nil
	}
	names := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, n := range names {
		names[i] = unescapes.Replace(n)
	}
	return names
}

func splitDots(path string) []string { return strings.Split(path, ".") }

// nearest is the name that was probably meant, or "".
func nearest(name string, known []string) string {
	if len(name) < 3 {
		return "" // all short words are near
	}
	best, at := "", 1+len(name)/3
	for _, k := range known {
		if d := distance(name, k, at); d <= at && (best == "" || d < distance(name, best, at)) {
			best = k
		}
	}
	return best
}

// distance counts edits between two words; beyond most it stops counting. Long
// words are never near, so that strangers can't make this slow.
func distance(a, b string, most int) int {
	if len(a) > 64 || len(b) > 64 || len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost = 1 + min(diagonal, row[j], row[j-1])
			}
			diagonal, row[j] = row[j], cost
		}
	}
	return row[len(b)]
}
