package httpd

import (
	"fmt"
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/core/errlog"
)

// Variable is one $name. Get computes it: ok false means "not found", which
// evaluates to "" and logs as "-".
type Variable struct {
	// Name without the dollar sign; one that ends in "_" is a prefix ("http_"):
	// then Make is called with the rest of the name and returns the getter.
	Name string
	Doc  string
	Get  func(r *Request) (value string, ok bool)
	Make func(rest string) func(r *Request) (string, bool)
	// Set is called for `set $name value` on a built-in variable that takes it.
	Set func(r *Request, value string)
	// Assign is Set for a variable that may refuse: Lua raises the error, for others it is
	// logged. Such a variable is Changeable.
	Assign func(r *Request, value string) error
	// Volatile values are computed at each use (NGX_HTTP_VAR_NOCACHEABLE).
	Volatile bool
	// Changeable lets `set`, map, geo and others define a variable of this name
	// too (NGX_HTTP_VAR_CHANGEABLE).
	Changeable bool
}

// VarIndex addresses a variable that some directive uses; see Builder.Var.
type VarIndex int

type varSlot struct {
	value string
	state varState
}

type varState uint8

const (
	varUnset varState = iota
	varFound
	varMissing
	// What was computed of a volatile variable counts until the next look. A
	// value that was set stands, as no_cacheable is a matter of the value.
	varFoundNow
	varMissingNow
)

func (s varState) found() bool { return s == varFound || s == varFoundNow }

type varDef struct {
	Variable
	index   VarIndex
	indexed bool
	derived bool // made from a prefix variable: may be defined anew
}

// variables is the table of one configuration.
type variables struct {
	byName   map[string]*varDef
	prefixes []*Variable
	indexed  []*varDef
}

// DefineVar adds a variable at configuration time (set, map, geo, limit_*,
// split_clients...). A name that exists and may not be changed gives nginx's
// `the duplicate "x" variable`.
func (b *Builder) DefineVar(v Variable) (VarIndex, error) {
	name := strings.ToLower(v.Name)
	if name == "" {
		return 0, fmt.Errorf("invalid variable name \"$\"")
	}
	if old := b.vars.byName[name]; old != nil {
		if !old.Changeable && !old.derived {
			return 0, fmt.Errorf("the duplicate \"%s\" variable", v.Name)
		}
		// A later definition replaces the getter, as ngx_http_add_variable does
		// when its caller then fills in get_handler.
		if v.Get != nil {
			old.Get, old.Set, old.Assign, old.Volatile = v.Get, v.Set, v.Assign, v.Volatile
		}
		return b.indexVar(old), nil
	}
	v.Name = name
	d := &varDef{Variable: v, index: -1}
	b.vars.byName[name] = d
	return b.indexVar(d), nil
}

// DefineWeakVar is DefineVar for `set`: who computes the variable already, or
// a prefix ("http_") that fits its name, goes on doing so until it is set
// (NGX_HTTP_VAR_WEAK).
func (b *Builder) DefineWeakVar(v Variable) (VarIndex, error) {
	old := b.vars.lookup(strings.ToLower(v.Name))
	if old == nil || old.Get == nil || !old.Changeable && !old.derived {
		return b.DefineVar(v)
	}
	return b.indexVar(old), nil
}

func (b *Builder) addBuiltin(v Variable) {
	if strings.HasSuffix(v.Name, "_") && v.Make != nil {
		p := v
		b.vars.prefixes = append(b.vars.prefixes, &p)
		return
	}
	b.vars.byName[v.Name] = &varDef{Variable: v, index: -1}
}

func (b *Builder) indexVar(d *varDef) VarIndex {
	if !d.indexed {
		d.indexed = true
		d.index = VarIndex(len(b.vars.indexed))
		b.vars.indexed = append(b.vars.indexed, d)
	}
	return d.index
}

// Var is the index of a variable by name, for use in a later request. Names
// nobody defined are reported when the whole configuration has been read:
// `unknown "x" variable`.
func (b *Builder) Var(name string) VarIndex {
	name = strings.ToLower(name)
	d := b.vars.lookup(name)
	if d == nil {
		d = &varDef{Variable: Variable{Name: name, Changeable: true}, index: -1}
		b.vars.byName[name] = d
	}
	return b.indexVar(d)
}

// lookup finds a definition, making one from a prefix variable if it fits.
func (vs *variables) lookup(name string) *varDef {
	if d := vs.byName[name]; d != nil {
		return d
	}
	var best *Variable
	for _, p := range vs.prefixes {
		if strings.HasPrefix(name, p.Name) && (best == nil || len(p.Name) > len(best.Name)) {
			best = p
		}
	}
	if best == nil {
		return nil
	}
	d := &varDef{Variable: Variable{Name: name, Get: best.Make(name[len(best.Name):]), Volatile: best.Volatile, Changeable: best.Changeable}, index: -1, derived: true}
	vs.byName[name] = d
	return d
}

// checkVars finds variables that are used but that nobody defined.
func (b *Builder) checkVars() error {
	for _, d := range b.vars.indexed {
		if d.Get != nil {
			continue
		}
		// `set` and Lua define names without a getter; prefix variables may have
		// been added by a module that came later.
		if p := b.vars.prefixFor(d.Name); p != nil {
			d.Get, d.Volatile = p.Make(d.Name[len(p.Name):]), p.Volatile
			continue
		}
		// nginx finds this after the text was read, and names no place.
		return directive.ErrorAt(syntax.Pos{}, "unknown \"%s\" variable", d.Name)
	}
	return nil
}

func (vs *variables) prefixFor(name string) *Variable {
	var best *Variable
	for _, p := range vs.prefixes {
		if strings.HasPrefix(name, p.Name) && (best == nil || len(p.Name) > len(best.Name)) {
			best = p
		}
	}
	return best
}

// Var is a variable's value in this request, computed at most once unless it
// is volatile (ngx_http_get_flushed_variable).
func (r *Request) Var(i VarIndex) (string, bool) {
	if r.varLock == nil {
		s := &r.vars[i]
		if s.state == varFound || s.state == varMissing {
			return s.value, s.state == varFound
		}
	} else if s := r.readSlot(i); s.state == varFound || s.state == varMissing {
		return s.value, s.state == varFound
	}
	return r.compute(i, r.Server.http.vars.indexed[i])
}

// readSlot and writeSlot are for requests whose subrequests may be running
// beside them, with the same variables.
func (r *Request) readSlot(i VarIndex) varSlot {
	r.varLock.Lock()
	defer r.varLock.Unlock()
	return r.vars[i]
}

func (r *Request) writeSlot(i VarIndex, s varSlot) {
	if r.varLock != nil {
		r.varLock.Lock()
		defer r.varLock.Unlock()
	}
	r.touchVars()
	r.vars[i] = s
}

// CachedVar is Var without flushing volatile values (ngx_http_get_indexed_variable).
func (r *Request) CachedVar(i VarIndex) (string, bool) {
	if r.varLock == nil {
		if s := &r.vars[i]; s.state != varUnset {
			return s.value, s.state.found()
		}
	} else if s := r.readSlot(i); s.state != varUnset {
		return s.value, s.state.found()
	}
	return r.compute(i, r.Server.http.vars.indexed[i])
}

// copyVars gives another request the values that there are.
func (r *Request) copyVars(q *Request) {
	if r.varLock != nil {
		r.varLock.Lock()
		defer r.varLock.Unlock()
	}
	copy(q.vars, r.vars)
	q.varsUsed = true
}

// touchVars notes that variables have values, also where those of a subrequest
// are the client's request's.
func (r *Request) touchVars() {
	r.varsUsed = true
	if r.sharedVars {
		r.Main.varsUsed = true
	}
}

// maxVarDepth is nginx's guard against cycles between variables.
const maxVarDepth = 100

func (r *Request) compute(i VarIndex, d *varDef) (string, bool) {
	if r.varDepth >= maxVarDepth {
		r.Logf(errlog.Error, "cycle while evaluating variable \"%s\"", d.Name)
		return "", false
	}
	r.varDepth++
	v, ok := d.Get(r)
	r.varDepth--
	s := varSlot{value: v, state: varMissing}
	if ok {
		s.state = varFound
	}
	if d.Volatile {
		s.state += varFoundNow - varFound
	}
	r.writeSlot(i, s)
	return v, ok
}

// SetVar gives a variable a value in this request: a built-in one through its
// setter, any other by storing the value.
func (r *Request) SetVar(i VarIndex, value string) {
	switch d := r.Server.http.vars.indexed[i]; {
	case d.Assign != nil:
		if err := d.Assign(r, value); err != nil {
			r.Logf(errlog.Error, "%s", err)
		}
		return
	case d.Set != nil:
		d.Set(r, value)
		return
	}
	r.writeSlot(i, varSlot{value: value, state: varFound})
}

// UnsetVar makes a variable missing.
func (r *Request) UnsetVar(i VarIndex) {
	r.writeSlot(i, varSlot{state: varMissing})
}
