package release

import "fmt"

// Spec is who may get the candidate, as a release's owner writes it.
type Spec struct {
	Salt   string   // another salt, other buckets: a release's id
	Sticky []string // what tells clients apart, as Condition.Of has it: the first that a request has; none is user, then address
	Never  []Clause
	Always []Clause
	Among  []Clause
}

// Release is a Spec that is ready to decide. It never changes.
type Release struct {
	salt                 uint64
	sticky               []key
	never, always, among [][]*condition
}

// Variant is what a request gets.
type Variant uint8

const (
	Baseline Variant = iota
	Candidate
)

func (v Variant) String() string { return [...]string{"baseline", "candidate"}[v] }

// Why is the reason of a decision.
type Why uint8

const (
	Never    Why = iota // a clause of never holds
	Always              // a clause of always holds
	NotAmong            // no clause of among holds
	Nobody              // the share is 0
	Everyone            // the share is 100 %
	NoKey               // the request has none of the sticky keys
	InShare             // the bucket is below the share
	NotYet              // the bucket is not below the share
)

func (w Why) String() string {
	return [...]string{"never", "always", "not among", "nobody", "everyone", "no key", "in share", "not yet"}[w]
}

// Decision is an answer and where it comes from.
type Decision struct {
	Variant Variant
	Why     Why
	Clause  int // of never or always, from 0
	Key     int // of the sticky keys, from 0: for InShare and NotYet
	Bucket  int // likewise: 0 to 9999
}

// New reads a Spec.
func New(s *Spec) (*Release, error) {
	r := &Release{salt: saltHash(s.Salt)}
	keys := s.Sticky
	if len(keys) == 0 {
		keys = []string{"user", "address"}
	}
	for i, text := range keys {
		k, err := parseKey(text)
		if err == nil && k.kind == ofClass {
			err = fmt.Errorf("a class does not tell clients apart")
		}
		if err != nil {
			return nil, &Fault{fmt.Sprintf("/sticky/%d", i), err}
		}
		r.sticky = append(r.sticky, k)
	}
	for _, part := range []struct {
		name string
		from []Clause
		to   *[][]*condition
	}{{"never", s.Never, &r.never}, {"always", s.Always, &r.always}, {"among", s.Among, &r.among}} {
		for i, clause := range part.from {
			var all []*condition
			for j := range clause {
				c, err := compile(&clause[j])
				if err != nil {
					return nil, &Fault{fmt.Sprintf("/%s/%d/%d", part.name, i, j), err}
				}
				all = append(all, c)
			}
			*part.to = append(*part.to, all)
		}
	}
	return r, nil
}

// Fault is what is wrong with a Spec, and where.
type Fault struct {
	Pointer string // /always/0/1: the second condition of the first clause
	Err     error
}

func (f *Fault) Error() string { return f.Pointer + ": " + f.Err.Error() }
func (f *Fault) Unwrap() error { return f.Err }

// Decide says what a request gets while the candidate has this share. It allocates nothing, but for a Request.Address that is
// not given where a set is asked for it.
func (r *Release) Decide(req *Request, share Share) Decision {
	if i := holding(r.never, req); i >= 0 {
		return Decision{Variant: Baseline, Why: Never, Clause: i}
	}
	if i := holding(r.always, req); i >= 0 {
		return Decision{Variant: Candidate, Why: Always, Clause: i}
	}
	switch {
	case len(r.among) > 0 && holding(r.among, req) < 0:
		return Decision{Variant: Baseline, Why: NotAmong}
	case share <= 0:
		return Decision{Variant: Baseline, Why: Nobody}
	case share >= All:
		return Decision{Variant: Candidate, Why: Everyone}
	}
	b, i := r.Bucket(req)
	switch {
	case i < 0:
		return Decision{Variant: Baseline, Why: NoKey}
	case b < int(share):
		return Decision{Candidate, InShare, 0, i, b}
	}
	return Decision{Baseline, NotYet, 0, i, b}
}

// Bucket is the place of a request's client, 0 to 9999, and the number of the sticky key that it comes from, -1 if there is none.
func (r *Release) Bucket(req *Request) (bucketNumber, keyNumber int) {
	for i := range r.sticky {
		k := &r.sticky[i]
		if k.kind == ofAddress && req.Client.IsValid() {
			var buf [64]byte
			return bucket(r.salt, req.Client.Unmap().AppendTo(buf[:0])), i
		}
		if v := k.first(req); v != "" {
			return bucket(r.salt, v), i
		}
	}
	return 0, -1
}

// holding is the first clause that holds, or -1.
func holding(clauses [][]*condition, req *Request) int {
next:
	for i, all := range clauses {
		for _, c := range all {
			if !c.holds(req) {
				continue next
			}
		}
		return i
	}
	return -1
}
