package userid

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"sync/atomic"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// uid is four numbers, as they lie in memory: the cookie is their base64.
type uid [16]byte

func (u *uid) set(i int, n uint32)        { binary.NativeEndian.PutUint32(u[4*i:], n) }
func (u *uid) setNetwork(i int, n uint32) { binary.BigEndian.PutUint32(u[4*i:], n) }
func (u *uid) get(i int) uint32           { return binary.NativeEndian.Uint32(u[4*i:]) }

// given tells whether there is an id at all.
func (u *uid) given() bool { return u.get(3) != 0 }

func (u *uid) String() string {
	return fmt.Sprintf("%08X%08X%08X%08X", u.get(0), u.get(1), u.get(2), u.get(3))
}

var (
	startValue  uint32
	sequencerV1 atomic.Uint32
	sequencerV2 atomic.Uint32
)

// state is what is known of a request's cookie.
type state struct {
	got, sent uid
	cookie    string
	reset     bool
}

var slot = httpd.NewSlot[state]()

// find is ngx_http_userid_get_uid: the cookie that came.
func find(r *httpd.Request, cf *conf) *state {
	if s := slot.Get(r); s != nil {
		return s
	}
	s := new(state)
	slot.Put(r, s)
	for i := range r.In.List {
		h := &r.In.List[i]
		if h.ID != http1.Cookie {
			continue
		}
		v, ok := http1.CookieValue(h.Value, cf.name.V)
		if !ok {
			continue
		}
		s.cookie = v
		if len(v) < 22 {
			r.Logf(errlog.Error, "client sent too short userid cookie \"%s\"", h.Value)
			break
		}
		// No more than 22 characters: what follows may be a mark, or anything.
		if n, err := base64.RawStdEncoding.Decode(s.got[:], []byte(v[:22])); err != nil || n != 16 {
			s.got = uid{}
			r.Logf(errlog.Error, "client sent invalid userid cookie \"%s\"", h.Value)
		}
		break
	}
	return s
}

// create is ngx_http_userid_create_uid: the id that is to be sent, if any.
func (s *state) create(r *httpd.Request, cf *conf) bool {
	if s.sent.given() {
		return true
	}
	if s.got.given() {
		reset, ok := r.CachedVar(httpd.RequestMainConf[mainConf](r, Module).reset)
		if !ok {
			return false
		}
		if reset == "" || reset == "0" {
			if cf.mark.V == 0 || len(s.cookie) > 23 && s.cookie[22] == cf.mark.V && s.cookie[23] == '=' {
				return true
			}
			s.sent = s.got
			return true
		}
		s.reset = true
		if reset == "log" {
			r.Logf(errlog.Notice, "userid cookie \"%s=%s\" was reset", cf.name.V, s.got.String())
		}
	}
	now := uint32(event.Now().Unix())
	if cf.mode.V == modeV1 {
		s.sent.set(0, uint32(cf.service.V))
		s.sent.set(1, now)
		s.sent.set(2, startValue)
		s.sent.set(3, sequencerV1.Add(0x100)-0x100+1)
		return true
	}
	if cf.service.Written {
		s.sent.setNetwork(0, uint32(cf.service.V))
	} else if a := r.Conn.LocalAddr().Addr(); a.IsValid() {
		b := a.Unmap().AsSlice()
		copy(s.sent[:4], b[len(b)-4:])
	}
	s.sent.setNetwork(1, now)
	s.sent.setNetwork(2, startValue)
	s.sent.setNetwork(3, nextV2())
	return true
}

// nextV2 counts from 0x03030302 on, and again from there when it overflows.
func nextV2() uint32 {
	for {
		old := sequencerV2.Load()
		n := max(old, 0x03030302)
		next := n + 0x100
		if sequencerV2.CompareAndSwap(old, next) {
			return n
		}
	}
}
