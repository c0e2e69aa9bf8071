package tryfiles

import (
	"strings"

	"moongate/engine/httpd"
)

// explain is handle that tells what it looks for.
func explain(x *httpd.Explanation, _ httpd.Phase) httpd.Result {
	r := x.R
	cf := httpd.Conf[conf](r, Module)
	path, root, ok := r.MapURI(r.URI)
	if !ok {
		return 500
	}
	rt := r.Root()
	last := len(cf.tries) - 1
	for i := range cf.tries[:last] {
		t := &cf.tries[i]
		name := t.name.Eval(r)
		if rt.Alias && rt.AliasLen > 0 && !t.name.Literal() && len(r.URI) >= rt.AliasLen && strings.HasPrefix(name, r.URI[:rt.AliasLen]) {
			name = name[rt.AliasLen:]
		}
		there, dir := x.File(path[:root] + name)
		if there && dir == t.dir {
			found(r, rt, name, t.dir)
			return httpd.Declined
		}
	}
	name := cf.tries[last].name.Eval(r)
	x.Line("precontent", "none is there: "+name)
	return cf.fallback(r, name)
}
