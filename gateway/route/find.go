package route

import "moongate/engine/regex"

// Result is what Find found. One may be used again and again: its memory is kept.
type Result struct {
	Rule    *Rule
	Host    string // of the rule, as written; "" when it names none
	Path    string // of the rule, as written; "" when it names none
	Prefix  string // what that matched of the request's path: strip_path takes it away
	Rest    string // the request's path after Prefix
	NeedTLS bool   // the rule wants TLS and the request came without: 426, or a redirect
	Err     error  // of the last regex that reached a limit; its rule was passed over

	re          *regex.Regex
	path        string
	caps, spare []int32
}

// Captures is how many groups the path's regex has.
func (r *Result) Captures() int {
	if r.re == nil {
		return 0
	}
	return r.re.Captures()
}

// Capture is what group i of the path's regex matched; 0 is the whole match.
func (r *Result) Capture(i int) string {
	if r.re == nil {
		return ""
	}
	return regex.Capture(r.path, r.caps, i)
}

// Names are the named groups of the path's regex.
func (r *Result) Names() []regex.Name {
	if r.re == nil {
		return nil
	}
	return r.re.Names()
}

func (r *Result) reset(path string) {
	*r = Result{path: path, caps: r.caps, spare: r.spare}
}

// search is one run of Find.
type search struct {
	req  *Request
	res  *Result
	best *entry
	buf  [128]byte // for a header's value in lower case
}

// Find looks for the rule of a request. It allocates nothing unless a regex has more groups than any before in this Result.
func (t *Table) Find(req *Request, res *Result) bool {
	res.reset(req.Path)
	if t == nil {
		return false
	}
	s := search{req: req, res: res}
	var p places
	if n := t.exact.Get(req.Host); n != nil {
		s.tree(n, &p)
	}
	// The longest wildcard first, only to have less to look at afterwards: the order decides.
	if !t.head.Empty() {
		for i := 1; i < len(req.Host); i++ {
			if req.Host[i] == '.' {
				s.tree(t.head.Get(req.Host[i:]), &p)
			}
		}
	}
	if !t.tail.Empty() {
		for i := len(req.Host) - 2; i >= 0; i-- {
			if req.Host[i] == '.' {
				s.tree(t.tail.Get(req.Host[:i+1]), &p)
			}
		}
	}
	s.tree(t.any, &p)
	if s.best == nil {
		return false
	}
	s.finish()
	return true
}

// tree looks at all places along the path, the deepest first: there the best is likeliest to be.
func (s *search) tree(n *node, p *places) {
	path := s.req.Path
	for n != nil {
		n.walk(path, p)
		for i := p.n - 1; i >= 0; i-- {
			s.list(p.lists[i])
		}
		n, path = p.more, p.rest
	}
}

func (s *search) list(l *list) {
	for _, e := range l.flat {
		if s.best != nil && !e.before(&s.best.order) {
			break
		}
		if s.match(e) {
			s.best = e
			break
		}
	}
	for i := range l.groups {
		s.group(&l.groups[i])
	}
}

func (s *search) group(g *group) {
	if g.kind == kindMethod || g.kind == kindClass {
		one := s.req.Method
		if g.kind == kindClass {
			one = s.req.Class
		}
		if sub := g.values.Get(one); sub != nil {
			s.list(sub)
		}
		return
	}
	for i := 0; ; i++ {
		v, ok := s.req.value(g.kind, g.name, i)
		if !ok {
			return
		}
		if g.kind == kindHeader {
			v = lower(v, &s.buf)
		}
		if sub := g.values.Get(v); sub != nil {
			s.list(sub)
		}
	}
}

func (s *search) finish() {
	e, r := s.best, s.res
	r.Rule = e.rule
	r.NeedTLS = e.needTLS && !s.req.tls()
	if e.host != nil {
		r.Host = e.host.text
	}
	n := 0
	if e.path != nil {
		r.Path = e.path.text
		n = len(e.path.key)
		if r.re = e.path.re; r.re != nil {
			n = int(r.caps[1])
		}
	}
	r.Prefix, r.Rest = r.path[:n], r.path[n:]
}
