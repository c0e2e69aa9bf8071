package httpd

import "fmt"

// LookupVar is a variable by a name known only at run time (ngx.var, SSI). set
// tells whether the name may be written, exists whether anybody defines it.
func (r *Request) LookupVar(name string) (value string, ok, exists bool) {
	vs := r.Server.http.vars
	d := vs.byName[name]
	if d == nil {
		if p := vs.prefixFor(name); p != nil {
			v, ok := p.Make(name[len(p.Name):])(r)
			return v, ok, true
		}
		return "", false, false
	}
	if d.indexed {
		v, ok := r.Var(d.index)
		return v, ok, true
	}
	if d.Get == nil {
		return "", false, false
	}
	v, ok := d.Get(r)
	return v, ok, true
}

// AssignVar writes a variable by name (ngx.var.x = y): an error says in nginx
// Lua's words why it cannot be.
func (r *Request) AssignVar(name, value string, unset bool) error {
	d := r.Server.http.vars.byName[name]
	switch {
	case d == nil:
		return fmt.Errorf("variable \"%s\" not found for writing; maybe it is a built-in variable that is not changeable or you forgot to use \"set $%s '';\" in the config file to define it first", name, name)
	case !d.Changeable:
		return fmt.Errorf("variable \"%s\" not changeable", name)
	case d.Assign != nil:
		return d.Assign(r, value)
	case d.Set != nil:
		d.Set(r, value)
	case !d.indexed:
		return fmt.Errorf("variable \"%s\" cannot be assigned a value (maybe you forgot to define it first?) ", name)
	case unset:
		r.UnsetVar(d.index)
	default:
		r.writeSlot(d.index, varSlot{value: value, state: varFound})
	}
	return nil
}

// ForgetVar has a variable computed anew at its next use, since what it says of the
// request has changed.
func (r *Request) ForgetVar(name string) {
	if d := r.Server.http.vars.byName[name]; d != nil && d.indexed {
		r.writeSlot(d.index, varSlot{})
	}
}
