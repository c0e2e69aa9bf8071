package route

import (
	"strings"
	"unsafe"
)

// match asks the entry for all that its place in the index does not say. Its regex leaves the captures in the result, so an
// entry that matches must be the best so far.
func (s *search) match(e *entry) bool {
	req := s.req
	if e.host != nil && e.host.port != 0 && e.host.port != req.Port {
		return false
	}
	c := e.compiled
	if len(c.methods) > 0 && !contains(c.methods, req.Method) {
		return false
	}
	if len(c.classes) > 0 && !contains(c.classes, req.Class) {
		return false
	}
	if len(c.sources) > 0 && !c.from(req) {
		return false
	}
	if len(c.snis) > 0 && !c.named(req) {
		return false
	}
	for i := range c.values {
		if !s.value(&c.values[i]) {
			return false
		}
	}
	return e.path == nil || e.path.re == nil || s.regex(e.path)
}

func contains(all []string, s string) bool {
	for i := range all {
		if all[i] == s {
			return true
		}
	}
	return false
}

func (c *compiled) from(req *Request) bool {
	addr := req.Client.Addr().Unmap()
	for i := range c.sources {
		src := &c.sources[i]
		if (src.Port == 0 || src.Port == req.Client.Port()) && (!src.Prefix.IsValid() || src.Prefix.Contains(addr)) {
			return true
		}
	}
	return false
}

// named is Kong's test of SNIs: they don't count for what came without TLS.
func (c *compiled) named(req *Request) bool {
	if !req.tls() {
		return true
	}
	sni := strings.TrimSuffix(req.SNI, ".")
	for _, s := range c.snis {
		if sameFold(sni, s) {
			return true
		}
	}
	return false
}

// value tells whether one of the values that the request has is one of those asked for.
func (s *search) value(v *value) bool {
	for i := 0; ; i++ {
		got, ok := s.req.value(v.kind, v.name, i)
		if !ok {
			return false
		}
		ok, err := v.accepts(got)
		if err != nil {
			s.res.Err = err
		}
		if ok {
			return true
		}
	}
}

func (v *value) accepts(got string) (bool, error) {
	if v.re != nil {
		return v.re.Match(got)
	}
	for _, want := range v.any {
		if got == want || v.kind == kindHeader && sameFold(got, want) {
			return true, nil
		}
	}
	return false, nil
}

func (s *search) regex(p *path) bool {
	r := s.res
	if need := 2 * (p.re.Captures() + 1); cap(r.spare) < need {
		r.spare = make([]int32, need)
	} else {
		r.spare = r.spare[:need]
	}
	n, err := p.re.Exec(s.req.Path, r.spare)
	if err != nil {
		r.Err = err
	}
	if n == 0 {
		return false
	}
	r.caps, r.spare = r.spare, r.caps
	return true
}

func (r *Request) value(kind uint64, name string, i int) (string, bool) {
	if r.Values == nil {
		return "", false
	}
	switch kind {
	case kindHeader:
		return r.Values.Header(name, i)
	case kindQuery:
		return r.Values.Query(name, i)
	}
	return r.Values.Cookie(name, i)
}

// sameFold compares s with a text in lower case, ASCII letters in any case.
func sameFold(s, low string) bool {
	if len(s) != len(low) {
		return false
	}
	for i := range len(s) {
		if lowerByte(s[i]) != low[i] {
			return false
		}
	}
	return true
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// lower gives s in lower case; what it gives may lie in buf and is good until the next call.
func lower(s string, buf *[128]byte) string {
	i := 0
	for i < len(s) && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	b := append(buf[:0], s...)
	for ; i < len(b); i++ {
		b[i] = lowerByte(b[i])
	}
	return unsafe.String(&b[0], len(b))
}
