package config

import (
	"fmt"

	"moongate/core/config/directive"
)

// Row is a directive and the module it belongs to. Owner is what Scope.Conf
// is asked with: a pointer, as a rule to the module; nothing here looks into it.
type Row struct {
	directive.Directive
	Owner  any
	Module string // name of the owner, for documentation
}

// Table is the vocabulary: all rows of all modules.
type Table struct {
	rows   []Row
	byName map[string][]*Row
	owned  map[any][]*Row
}

// Include is the one directive the walker handles itself; its row is here
// for documentation and for the checks that are the same for all.
var Include = directive.Directive{
	Name:   "include",
	Syntax: "file | mask",
	In:     directive.Anywhere,
	Args:   directive.Take1,
	Doc:    "Reads another file, or all files that match a mask, in place of the directive.",
	Set:    directive.Func(func(*directive.Call, *struct{}) error { return nil }),
}

// NewTable collects rows. They are the program's own, so a fault here is
// never the user's.
func NewTable(rows ...Row) (*Table, error) {
	t := &Table{rows: rows, byName: make(map[string][]*Row, len(rows)+1), owned: map[any][]*Row{}}
	t.byName[Include.Name] = []*Row{{Directive: Include}}
	for i := range rows {
		r := &rows[i]
		switch {
		case r.Name == "" || r.In == 0 || r.Set == nil:
			return nil, fmt.Errorf("directive %q of %s: a row needs a name, contexts and a setter", r.Name, r.Module)
		case r.Args == 0:
			return nil, fmt.Errorf("directive %q of %s: a row needs argument counts", r.Name, r.Module)
		}
		for _, other := range t.byName[r.Name] {
			if both := other.In & r.In; both != 0 {
				return nil, fmt.Errorf("directive %q is declared by %s and %s for %s", r.Name, other.Module, r.Module, both)
			}
		}
		t.byName[r.Name] = append(t.byName[r.Name], r)
		t.owned[r.Owner] = append(t.owned[r.Owner], r)
	}
	return t, nil
}

// Rows are all rows in the order they were given.
func (t *Table) Rows() []Row { return t.rows }

// Lookup finds the rows of a name.
func (t *Table) Lookup(name string) []*Row { return t.byName[name] }

// contexts is where a name may stand.
func (t *Table) contexts(name string) (in directive.Context) {
	for _, r := range t.byName[name] {
		in |= r.In
	}
	return in
}
