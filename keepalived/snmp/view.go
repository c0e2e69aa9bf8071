package snmp

import (
	"slices"

	"moongate/edge/wire/agentx"
)

// variable is one that can be read. Without write it can't be written.
type variable struct {
	name  agentx.OID
	value agentx.Value
	write *write
}

// write is how an integer is written.
type write struct {
	low, high int
	set       func(n int)
}

// view is all variables, in the order of their names, and the objects that there are:
// scalars and columns, with or without rows.
type view struct {
	vars    []variable
	objects []agentx.OID
}

// scalar adds a variable that there is once.
func (v *view) scalar(group agentx.OID, id uint32, value agentx.Value) {
	object := group.With(id)
	v.objects = append(v.objects, object)
	if value.Kind != 0 {
		v.vars = append(v.vars, variable{name: object.With(0), value: value})
	}
}

// column is one of a table: its number, and what a row has there, if anything.
type column[R any] struct {
	id    uint32
	of    func(*R) agentx.Value
	write func(*R) *write // nil: read only
}

// row is one of a table, with its index.
type row[R any] struct {
	index []uint32
	of    R
}

// table adds a table.
func table[R any](v *view, entry agentx.OID, columns []column[R], rows []row[R]) {
	for i := range columns {
		c := &columns[i]
		object := entry.With(c.id)
		v.objects = append(v.objects, object)
		for j := range rows {
			r := &rows[j]
			value := c.of(&r.of)
			if value.Kind == 0 {
				continue
			}
			one := variable{name: object.With(r.index...), value: value}
			if c.write != nil {
				one.write = c.write(&r.of)
			}
			v.vars = append(v.vars, one)
		}
	}
}

// sort puts the variables in order, once all are there.
func (v *view) sort() {
	slices.SortFunc(v.vars, func(a, b variable) int { return a.name.Compare(b.name) })
}

// at is the place of a name, or where it would be.
func (v *view) at(name agentx.OID) (int, bool) {
	return slices.BinarySearchFunc(v.vars, name, func(a variable, name agentx.OID) int { return a.name.Compare(name) })
}

// get is the value of a name, or in its place why there is none.
func (v *view) get(name agentx.OID) agentx.Value {
	if i, ok := v.at(name); ok {
		return v.vars[i].value
	}
	if v.known(name) {
		return agentx.Value{Kind: agentx.NoSuchInstance}
	}
	return agentx.Value{Kind: agentx.NoSuchObject}
}

func (v *view) known(name agentx.OID) bool {
	return slices.ContainsFunc(v.objects, func(o agentx.OID) bool { return len(name) > len(o) && name.Under(o) })
}

// next is the first variable of a range.
func (v *view) next(r agentx.Range) agentx.Variable {
	i, exact := v.at(r.Start)
	if exact && !r.Include {
		i++
	}
	if i < len(v.vars) && (len(r.End) == 0 || v.vars[i].name.Compare(r.End) < 0) {
		return agentx.Variable{Name: v.vars[i].name, Value: v.vars[i].value}
	}
	return agentx.Variable{Name: r.Start, Value: agentx.Value{Kind: agentx.EndOfMIBView}}
}

// Values of the textual conventions that most tables have.

// truth is TruthValue, and the many pairs like enabled(1) and disabled(2).
func truth(b bool) agentx.Value {
	if b {
		return agentx.Int(1)
	}
	return agentx.Int(2)
}

// text is a string, or nothing.
func text(s string) agentx.Value {
	if s == "" {
		return agentx.Value{}
	}
	return agentx.Text(s)
}

// when is a value that there is only sometimes.
func when(is bool, v agentx.Value) agentx.Value {
	if is {
		return v
	}
	return agentx.Value{}
}
