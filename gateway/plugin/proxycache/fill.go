package proxycache

import (
	"crypto/rand"
	"slices"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// filler is an answer on its way into memory.
type filler struct {
	answer entry
	vary   []string
	epoch  float64
	part   *[]byte // what is not stored yet
	stored int     // parts
	got    int64   // bytes of the body
	// bodiless: there is no body, whatever Content-Length says.
	bodiless bool
}

// Received implements plugin.Received.
func (i *instance) Received(x *plugin.Context) {
	r := x.R
	v := slot.Get(r)
	if v == nil || v.i != i || !v.wants {
		return
	}
	v.wants = false
	now := clock()
	list := r.Out.List[x.Before:]
	lives, vary, ok := i.keeps(&r.Out, list, now)
	if !ok {
		i.say(r, "Bypass")
		v.unlock(afterRefusal)
		return
	}
	a := &v.answer
	a.status, a.stored, a.lives, a.declared = r.Out.Status, now, lives, r.Out.ContentLength
	a.contentType, a.charset = r.Out.ContentType, r.Out.Charset
	for k := range list {
		if stays(list[k].Name) {
			a.headers = append(a.headers, list[k])
		}
	}
	rand.Read(a.id[:])
	v.vary, v.epoch, v.filling = vary, i.store.epoch(now), true
	v.part = takeRoom()
	if v.bodiless = r.Method == http1.HEAD || r.Out.Status == 204; v.bodiless {
		v.commit()
		return
	}
	x.WatchBody()
}

// keeps tells whether an answer may be kept, for how many milliseconds it is fresh, and by
// which headers of the client there are others.
func (i *instance) keeps(o *httpd.HeadersOut, list []http1.Header, now int64) (lives int64, vary []string, ok bool) {
	if !slices.Contains(i.Codes, o.Status) || o.Status == 206 || o.Status == 304 || o.ContentLength > i.MaxSize {
		return 0, nil, false
	}
	t, err := readType(withCharset(o.ContentType, o.Charset))
	if err != nil || !slices.ContainsFunc(i.types, func(m mimeType) bool { return m.takes(&t) }) {
		return 0, nil, false
	}
	for k := range list {
		switch h := &list[k]; {
		case http1.EqualFold(h.Name, "Set-Cookie"):
			return 0, nil, false // it is one client's
		case http1.EqualFold(h.Name, "Vary"):
			for name := range strings.SplitSeq(h.Value, ",") {
				name = strings.TrimSpace(name)
				if name == "*" {
					return 0, nil, false
				}
				known := func(s string) bool { return strings.EqualFold(s, name) }
				if name != "" && !slices.ContainsFunc(i.VaryHeaders, known) && !slices.ContainsFunc(vary, known) {
					vary = append(vary, name)
				}
			}
		}
	}
	if !i.Control {
		return i.TTL * 1000, vary, true
	}
	cc := readControl(list)
	lives = cc.lifetime(list, now) * 1000
	return lives, vary, lives > 0 && !cc.private && !cc.noStore && !cc.noCache
}

// stays tells which headers are kept: those that are not of the connection or the cache.
func stays(name string) bool {
	switch strings.ToLower(name) {
	case "connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer", "trailers", "transfer-encoding", "upgrade",
		"content-length", "age", "x-cache-status", "x-cache-key", "accept-ranges":
		return false
	}
	return true
}

// Body implements plugin.Body.
func (i *instance) Body(x *plugin.Context, in []httpd.Buf, next httpd.Sink) error {
	v, last := slot.Get(x.R), false
	if v != nil && v.filling {
		for k := range in {
			if last = last || in[k].Last; !v.take(&in[k]) {
				v.giveUp(afterRefusal)
				break
			}
		}
	}
	err := next.Write(in)
	if last && v.filling {
		v.commit()
	}
	return err
}

// take copies a piece of the body. It is false when it becomes too long, or there is no
// memory.
func (v *visitor) take(in *httpd.Buf) bool {
	if v.got += in.Len(); v.got > v.i.MaxSize {
		return false
	}
	from := in.B
	for off := in.Off; ; {
		if in.File != nil {
			n := min(partSize-len(*v.part), int(in.End-off))
			room := (*v.part)[len(*v.part) : len(*v.part)+n]
			if got, _ := in.File.ReadAt(room, off); got < n {
				return false
			}
			from, off = room, off+int64(n)
		}
		n := min(partSize-len(*v.part), len(from))
		*v.part = append(*v.part, from[:n]...)
		from = from[n:]
		if len(*v.part) == partSize && !v.storePart() {
			return false
		}
		if in.File == nil && len(from) == 0 || in.File != nil && off == in.End {
			return true
		}
	}
}

func (v *visitor) storePart() bool {
	if v.i.store.Zone != nil {
		return v.writePart(clock())
	}
	var room [1 + idSize + 3]byte
	a, now := &v.answer, clock()
	if err := v.i.store.put(http1.View(partKey(room[:], &a.id, v.stored)), *v.part, v.keptFor(), now); err != nil {
		v.i.noRoom(err)
		return false
	}
	v.stored++
	*v.part = (*v.part)[:0]
	return true
}

// keptFor is for how many milliseconds memory keeps the answer.
func (v *visitor) keptFor() int64 {
	if v.i.StorageTTL > 0 {
		return v.i.StorageTTL * 1000
	}
	return v.answer.lives
}

func (i *instance) noRoom(err error) {
	if missed, ok := i.full.Now(); ok {
		i.env.Log.Error(nil, "gateway: proxy-cache %s: an answer is not kept (%d more since the last such line): %v", i.id, missed, err)
	}
}

// commit makes the answer one that is found.
func (v *visitor) commit() {
	a, s, now := &v.answer, &v.i.store, clock()
	if a.declared >= 0 && a.declared != v.got && !v.bodiless {
		v.giveUp(afterFailure) // it was cut short
		return
	}
	a.length = v.got
	old, had := v.found, v.found.kind == inParts
	put := v.commitParts
	if s.Zone != nil {
		put = v.commitFile
	}
	k, ok := put(now)
	if !ok {
		v.giveUp(afterRefusal)
		return
	}
	if s.epoch(now) != v.epoch {
		// Somebody has purged meanwhile, and may have done so before it was there. With the
		// main key go others that are older than the purge.
		s.forget(k, now)
		s.forget(v.key, now)
		s.dropParts(a, now)
	}
	if had && old.id != a.id {
		s.dropParts(&old, now)
	}
	v.filling = false
	v.unlock(0)
}

// commitParts puts the answer into memory or a folder, and tells its key.
func (v *visitor) commitParts(now int64) (k string, ok bool) {
	a := &v.answer
	if v.stored > 0 {
		if len(*v.part) > 0 && !v.storePart() {
			return "", false
		}
		a.kind = inParts
	} else {
		a.kind, a.body = whole, *v.part
	}
	k = v.key
	if len(v.vary) > 0 {
		if k, ok = v.varying(now); !ok {
			return "", false
		}
	}
	room := takeRoom()
	defer freeRoom(room)
	*room = a.append((*room)[:0])
	if err := v.i.store.put(k, *room, v.keptFor(), now); err != nil {
		v.i.noRoom(err)
		return "", false
	}
	return k, true
}

// varying makes sure that it is known by which headers the answers differ, and gives the
// key of this one.
func (v *visitor) varying(now int64) (string, bool) {
	same := v.base != [idSize]byte{} && len(v.names) == len(v.vary)
	for k := range v.names {
		same = same && strings.EqualFold(v.names[k].Name, v.vary[k])
	}
	base := entry{kind: varies, stored: now, lives: v.answer.lives, id: v.base, declared: -1}
	if !same {
		rand.Read(base.id[:])
	}
	for _, name := range v.vary {
		base.headers = append(base.headers, http1.Header{Name: name})
	}
	s := &v.i.store
	var err error
	if s.Zone != nil {
		err = putFile(s.Zone, v.log(), v.key, &base, now+v.keptFor())
	} else {
		err = s.put(v.key, base.append(nil), v.keptFor(), now)
	}
	if err != nil {
		v.i.noRoom(err)
		return "", false
	}
	d := variant(v.r.In.List, base.headers)
	return string(s.variantKey(nil, v.key, &base.id, &d)), true
}

// giveUp ends what is not complete. Others go on without waiting for so many milliseconds.
func (v *visitor) giveUp(mark int64) {
	if v.filling {
		v.filling = false
		if v.filed != nil {
			v.filed.new.giveUp()
		}
		var room [1 + idSize + 3]byte
		for n := range v.stored {
			v.i.store.forget(http1.View(partKey(room[:], &v.answer.id, n)), clock())
		}
	}
	v.unlock(mark)
}
