package release

import (
	"fmt"
	"strconv"
	"strings"
)

// Explain says a decision in words, for the request and share that it was made for.
func (r *Release) Explain(req *Request, share Share, d Decision) string {
	text := d.Variant.String() + ": "
	switch d.Why {
	case Never:
		return text + "never, " + r.clause(r.never, d.Clause, req)
	case Always:
		return text + "always, " + r.clause(r.always, d.Clause, req)
	case NotAmong:
		return text + "not among those who take part"
	case Nobody:
		return text + "the share is 0 %"
	case Everyone:
		return text + "the share is 100 %"
	case NoKey:
		var names []string
		for i := range r.sticky {
			names = append(names, r.sticky[i].text)
		}
		return text + "the request has no " + strings.Join(names, ", no ")
	}
	is := "below"
	if d.Why == NotYet {
		is = "not below"
	}
	k := &r.sticky[d.Key]
	return text + fmt.Sprintf("%s %s is at %s %%, %s %s", k.text, strconv.Quote(k.first(req)), decimal(d.Bucket), is, share)
}

// clause tells what of the request made it hold.
func (r *Release) clause(clauses [][]*condition, i int, req *Request) string {
	var parts []string
	for _, c := range clauses[i] {
		parts = append(parts, c.explain(req))
	}
	if parts == nil {
		parts = []string{"everyone"}
	}
	return fmt.Sprintf("clause %d: %s", i+1, strings.Join(parts, " and "))
}

// explain a condition that holds.
func (c *condition) explain(req *Request) string {
	text := c.text + " is "
	if c.not {
		text += "not in the list: "
	}
	if c.kind == ofClass {
		return text + classOf(req).String()
	}
	var got []string
	for i := 0; ; i++ {
		v, ok := c.value(req, i)
		if !ok {
			break
		}
		if c.not || c.any || c.kind == ofAddress || c.has(v) {
			got = append(got, strconv.Quote(v))
		}
	}
	if got == nil {
		return c.text + " is not there"
	}
	return text + strings.Join(got, ", ")
}
