package schema

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Error is an answer of the Admin API that says no, in Kong's form. Faults is
// ours: the same with JSON pointers and hints.
type Error struct {
	Status  int            `json:"-"` // of HTTP
	Code    int            `json:"code"`
	Name    string         `json:"name"`
	Message string         `json:"message"`
	Fields  map[string]any `json:"fields,omitempty"`
	Faults  Faults         `json:"faults,omitempty"`
}

func (e *Error) Error() string { return e.Message }

// Kong's codes, as clients compare them.
const (
	CodeInvalidPrimaryKey = 1
	CodeSchema            = 2
	CodePrimaryKey        = 3
	CodeForeignKey        = 4
	CodeUnique            = 5
	CodeNotFound          = 6
	CodeInvalidOffset     = 7
	CodeDatabase          = 8
	CodeInvalidSize       = 9
	CodeInvalidUnique     = 10
	CodeInvalidOptions    = 11
	CodeUnsupported       = 12
	CodeUnresolved        = 13
	CodeDeclarative       = 14
	CodeReferenced        = 19
)

// Violation is the answer to a document that breaks its schema.
func Violation(faults Faults) *Error {
	return &Error{
		Status: 400, Code: CodeSchema, Name: "schema violation",
		Message: summary("schema violation", faults),
		Fields:  faults.Tree(), Faults: faults,
	}
}

// summary lists entity faults first and then fields by name, as Kong does.
func summary(what string, faults Faults) string {
	var entity, field []string
	for _, f := range faults {
		path := f.path()
		switch {
		case path == "":
			entity = append(entity, f.Message)
		default:
			field = append(field, path+": "+f.Message)
		}
	}
	slices.Sort(field)
	all := append(entity, field...)
	if len(all) == 1 {
		return fmt.Sprintf("%s (%s)", what, all[0])
	}
	return fmt.Sprintf("%d %ss (%s)", len(all), what, strings.Join(all, "; "))
}

// path is the pointer as Kong writes it: dots, and arrays count from 1.
func (f *Fault) path() string {
	names := Split(f.Pointer)
	for i := range names {
		if f.isIndex(i, len(names)) {
			n, _ := strconv.Atoi(names[i])
			names[i] = strconv.Itoa(n + 1)
		}
	}
	return strings.Join(names, ".")
}

func (f *Fault) isIndex(i, n int) bool { return f.indexes>>(n-1-i)&1 == 1 }

// Tree is the faults as Kong nests them: names to messages, lists where the
// document has arrays, "@entity" for faults between fields.
func (f Faults) Tree() map[string]any {
	root := &branch{}
	for i := range f {
		root.add(&f[i])
	}
	out, _ := root.value().(map[string]any)
	if out == nil {
		out = map[string]any{}
	}
	return out
}

// branch is a node of the tree while it is built.
type branch struct {
	message string
	entity  []any
	fields  map[string]*branch
	list    map[int]*branch
}

func (b *branch) add(f *Fault) {
	names := Split(f.Pointer)
	for i, name := range names {
		b = b.child(name, f.isIndex(i, len(names)))
	}
	switch {
	case f.Entity || len(names) == 0:
		b.entity = append(b.entity, f.Message)
	case b.message == "":
		b.message = f.Message
	}
}

func (b *branch) child(name string, isIndex bool) *branch {
	if isIndex {
		if b.list == nil {
			b.list = map[int]*branch{}
		}
		i, _ := strconv.Atoi(name)
		if b.list[i] == nil {
			b.list[i] = &branch{}
		}
		return b.list[i]
	}
	if b.fields == nil {
		b.fields = map[string]*branch{}
	}
	if b.fields[name] == nil {
		b.fields[name] = &branch{}
	}
	return b.fields[name]
}

func (b *branch) value() any {
	switch {
	case b.list != nil:
		last := slices.Max(slices.Collect(maps.Keys(b.list)))
		out := make([]any, last+1)
		for i, c := range b.list {
			out[i] = c.value()
		}
		return out
	case b.fields != nil || b.entity != nil:
		out := map[string]any{}
		for name, c := range b.fields {
			out[name] = c.value()
		}
		if b.entity != nil {
			out["@entity"] = b.entity
		}
		return out
	}
	return b.message
}
