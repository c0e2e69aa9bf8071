package proxycache

import (
	"encoding/hex"
	"slices"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/meter"
	"moongate/gateway/plugin"
)

const statusHeader = "X-Cache-Status"

// say tells the client what became of its request, and counts it.
func (i *instance) say(r *httpd.Request, status string) {
	if b := i.series.In(i.env.Meter, meter.Key{Kind: meter.OfCache, IDs: [3]string{i.id}}); b != nil {
		switch status {
		case "Hit":
			b.Hits.Add(1)
		case "Miss", "Refresh":
			b.Misses.Add(1)
		}
	}
	if i.Headers.Status {
		r.Out.Set(statusHeader, status)
	}
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	r := x.R
	var cc control
	if i.Control {
		cc = readControl(r.In.List)
	}
	if i.lost || !i.wanted(r, &cc) {
		i.say(r, "Bypass")
		return plugin.Next
	}
	x.Decide() // versions of a service have answers of their own
	v := visit(r, i)
	q := questionOf(x)
	d := i.digestOf(&q)
	v.key = http1.View(i.store.mainKey(v.keyRoom[:0], i.id, &d))
	if i.Headers.Key {
		text := r.Alloc(2 * len(d))
		hex.Encode(text, d[:])
		r.Out.Set("X-Cache-Key", http1.View(text))
	}
	defer v.deaf()
	begin := event.Mono()
	for {
		now := clock()
		switch v.look(r.In.List, &cc, now) {
		case hit:
			return v.serve(x, now)
		case stale:
			v.wants = true
			i.say(r, "Refresh")
			return plugin.Next
		}
		if i.Control && cc.onlyIfCached {
			return x.AnswerEmpty(504)
		}
		limit := time.Duration(i.Collapse) * time.Millisecond
		left := limit - (event.Mono() - begin)
		if left <= 0 || v.lock(d, now) {
			if v.locked && v.look(r.In.List, &cc, now) == hit { // it has come in between
				v.unlock(0)
				return v.serve(x, now)
			}
			v.wants = true
			i.say(r, "Miss")
			return plugin.Next
		}
		if !v.hears {
			v.listen() // and look once more: it may have come in between
		} else if !v.await(left) {
			return 499
		}
	}
}

// wanted tells whether an answer to the request could be kept at all.
func (i *instance) wanted(r *httpd.Request, cc *control) bool {
	if !slices.Contains(i.Methods, r.MethodName) || (r.Method == http1.HEAD) != (r.MethodName == "HEAD") {
		return false // or another plugin has changed it
	}
	if _, upgrades := r.In.Known(http1.Upgrade); upgrades {
		return false
	}
	if !i.Control {
		return true
	}
	_, authorized := r.In.Known(http1.Authorization)
	return !cc.noStore && !cc.noCache && !authorized
}

// outcome is what looking an answer up came to.
type outcome uint8

const (
	miss outcome = iota
	stale
	hit
)

// look looks for the answer, all of it: what begins to be given is given to its end.
func (v *visitor) look(asking []http1.Header, cc *control, now int64) outcome {
	i, e := v.i, &v.found
	s := &i.store
	v.freeRooms()
	v.base = [idSize]byte{}
	if !v.find(v.key, now) {
		return miss
	}
	if e.kind == varies {
		v.base = e.id
		v.names = append(v.names[:0], e.headers...)
		d := variant(asking, v.names)
		var k [mostKey]byte
		if !v.find(http1.View(s.variantKey(k[:0], v.key, &v.base, &d)), now) || e.kind == varies {
			return miss
		}
	}
	if !i.acceptable(e, cc, now) {
		return stale
	}
	v.bufs = v.bufs[:0]
	switch {
	case s.Zone != nil && v.r != nil:
		v.bodyFile()
	case e.kind == whole:
		v.bufs = append(v.bufs, httpd.Buf{B: e.body, Keep: true})
	}
	for n := range e.parts() {
		b := v.room()
		if !s.part(&e.id, n, e.sizeOf(n), b, now) {
			return miss
		}
		v.bufs = append(v.bufs, httpd.Buf{B: *b, Keep: true})
	}
	v.bufs[len(v.bufs)-1].Last = true
	return hit
}

// acceptable tells whether the client takes an answer of that age. What is stale is only
// for who asks for it.
func (i *instance) acceptable(e *entry, cc *control, now int64) bool {
	age, left := e.age(now), e.fresh(now)
	if !i.Control {
		return age <= i.TTL*1000
	}
	if cc.maxAge != unset && age > cc.maxAge*1000 || cc.minFresh != unset && left < cc.minFresh*1000 {
		return false
	}
	return left >= 0 || cc.anyStale || cc.maxStale != unset && -left <= cc.maxStale*1000
}

// serve gives the answer that was found.
func (v *visitor) serve(x *plugin.Context, now int64) plugin.Result {
	r, e, i := x.R, &v.found, v.i
	if !r.DiscardBody() {
		return 400
	}
	o := &r.Out
	o.Status, o.ContentType, o.Charset, o.ContentLength = e.status, e.contentType, e.charset, e.length
	if r.MethodName == "HEAD" {
		o.ContentLength = e.declared
	}
	for k := range e.headers {
		h := e.headers[k]
		h.ID = http1.LookupHeader(h.Name)
		o.List = append(o.List, h)
	}
	if i.Headers.Age {
		o.Add("Age", r.Int(e.age(now)/1000))
	}
	i.say(r, "Hit")
	r.AllowRanges = e.status == 200
	if res := r.SendHeader(); res == httpd.Error || res >= 300 {
		return res
	}
	if !r.HeaderOnly {
		if err := r.WriteBufs(v.bufs); err != nil {
			return httpd.Error
		}
	}
	return 200
}
