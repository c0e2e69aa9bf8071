package config

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
)

// Setting is the effective value of one directive at one level.
type Setting struct {
	Name    string
	Text    string     // the arguments, quoted as one would write them
	Written bool       // here or on a level above; otherwise a default
	At      syntax.Pos // where, if Written
	Module  string
}

// Effective lists the values that hold at a level, after inheritance and
// defaults, in the order of the table. Directives without a single value
// (blocks, rules) have no text and are left out.
func (t *Table) Effective(in directive.Context, s directive.Scope) []Setting {
	var list []Setting
	for i := range t.rows {
		r := &t.rows[i]
		if r.In&in == 0 || r.Body != directive.NoBody {
			continue
		}
		conf := s.Conf(r.Owner, r.Set.ConfType())
		if conf == nil {
			continue
		}
		setting := Setting{Name: r.Name, Text: r.Set.Format(conf), Module: r.Module}
		if p, ok := r.Set.(directive.Placer); ok {
			setting.At, setting.Written = p.Place(conf)
		}
		if setting.Text != "" {
			list = append(list, setting)
		}
	}
	return list
}

// Inherit completes the object child of one owner: what is unwritten comes
// from parent (nil at the outermost level), then from the row's default.
// Both are objects of the owner that Scope.Conf gave for one type; rows that
// set objects of other types are passed over.
func (t *Table) Inherit(owner, parent, child any) error {
	for _, r := range t.owned[owner] {
		if !sameType(r.Set, child) {
			continue
		}
		if parent != nil {
			r.Set.Inherit(parent, child)
		}
		if err := r.Set.ApplyDefault(r.Default, child); err != nil {
			return directive.Errorf(`default "%s" of "%s": %v`, r.Default, r.Name, err)
		}
	}
	return nil
}

// String is the setting as a line of configuration.
func (s Setting) String() string {
	var line strings.Builder
	line.WriteString(s.Name + " " + s.Text + ";")
	if s.Written {
		line.WriteString(" # " + s.At.String())
	}
	return line.String()
}
