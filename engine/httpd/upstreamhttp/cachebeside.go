package upstreamhttp

import "moongate/engine/httpd"

// handover is what a request gives to the copy of it that renews a response: an entry with
// the right to do so.
type handover struct{ k *kept }

var handoverSlot = httpd.NewSlot[handover]()

// renewBeside has a copy of the request fetch the response anew
// (ngx_http_upstream_cache_background_update).
func (u *Upstream) renewBeside() bool {
	from := &u.kept.entry
	return u.R.CloneBeside(func(q *httpd.Request) {
		h := &handover{newKept(u, from.Cache())}
		e := &h.k.entry
		e.Log, e.Fields = q.ErrorLog(), q.In.List
		e.Key = append(e.Key, from.Key...)
		e.Hash()
		e.MinUses = from.MinUses
		from.Pass(e)
		handoverSlot.Put(q, h)
		q.AtEnd(func() {
			if h.k != nil {
				h.k.end() // the copy did not come so far
			}
		})
	}) == nil
}

// takeHandover takes what was given to this request, if it is such a copy.
func (u *Upstream) takeHandover() bool {
	if !u.R.Background {
		return false
	}
	h := handoverSlot.Get(u.R)
	if h == nil || h.k == nil {
		return false
	}
	u.kept, h.k = h.k, nil
	return true
}
