package resolver

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/dns"
)

// flight is one name being asked for. Its fields up to code are guarded by
// the resolver's lock, the others belong to its goroutine.
type flight struct {
	r       *Resolver
	k       key
	waiters []*event.Waiter
	done    bool
	result  *answer
	code    int

	server  int
	queries []*query
	pause   event.Waiter
}

// query is one question of a flight: A, AAAA, SRV or PTR.
type query struct {
	id    uint16
	typ   uint16
	tcp   bool // the answer over UDP was truncated
	done  bool
	reply *dns.Reply
}

// await waits for the flight to end. The last one to lose patience takes it
// off the list, so that the next request asks anew.
func (f *flight) await(w *event.Waiter, timeout time.Duration) (*answer, bool, int) {
	ok := timeout > 0 && w.WaitTimeout(timeout)
	r := f.r
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.done {
		return f.result, false, f.code
	}
	if !ok {
		f.waiters = slices.DeleteFunc(f.waiters, func(x *event.Waiter) bool { return x == w })
		if len(f.waiters) == 0 && r.flights[f.k] == f {
			delete(r.flights, f.k)
			f.pause.Wake()
		}
	}
	return nil, false, TimedOut
}

func (f *flight) abandoned() bool {
	f.r.mu.Lock()
	defer f.r.mu.Unlock()
	return len(f.waiters) == 0
}

// run asks one server after the other until all is answered.
func (f *flight) run() {
	for _, t := range f.types() {
		f.queries = append(f.queries, &query{id: uint16(rand.Uint32()), typ: t})
	}
	n := len(f.r.o.Servers)
	if n == 0 {
		f.finish(nil, Refused)
		return
	}
	for refused := 0; !f.abandoned(); {
		end := time.Now().Add(f.r.wait)
		answered, err := f.ask(end)
		if answered {
			f.settle()
			return
		}
		f.server = (f.server + 1) % n
		if err == nil {
			refused = 0
			continue
		}
		// The server is not there. Try the others at once, but none of
		// them twice in one period.
		if refused++; refused%n == 0 {
			f.pause.WaitTimeout(time.Until(end))
		}
	}
}

func (f *flight) types() []uint16 {
	switch {
	case f.k.kind == kindSRV:
		return []uint16{dns.TypeSRV}
	case f.k.kind == kindPTR:
		return []uint16{dns.TypePTR}
	case f.r.o.NoIPv4:
		return []uint16{dns.TypeAAAA}
	case f.r.o.NoIPv6:
		return []uint16{dns.TypeA}
	}
	return []uint16{dns.TypeA, dns.TypeAAAA}
}

// ask puts the open questions to the current server and listens until end.
// An error means that the server cannot be reached at all.
func (f *flight) ask(end time.Time) (bool, error) {
	to := f.r.o.Servers[f.server]
	s, err := f.r.net.Dial("udp", to, f.r.wait)
	if err != nil {
		return false, err
	}
	defer s.Close()
	var buf [512]byte
	for _, q := range f.queries {
		if q.done || q.tcp {
			continue
		}
		if _, err := s.Write(dns.AppendQuery(buf[:0], q.id, f.k.name, q.typ)); err != nil {
			return false, err
		}
	}
	in := make([]byte, 4096) // NGX_RESOLVER_UDP_SIZE
	for {
		for _, q := range f.queries {
			if q.tcp && !q.done {
				f.overTCP(q, end)
				if !q.done {
					return false, nil
				}
			}
		}
		if f.answered() {
			return true, nil
		}
		left := time.Until(end)
		if left <= 0 || f.abandoned() {
			return false, nil
		}
		s.SetReadTimeout(left)
		n, err := s.Read(in)
		if err != nil {
			if fromKernel(err) {
				return false, err
			}
			return false, nil
		}
		f.take(in[:n], false)
	}
}

// overTCP asks one question again (RFC 7766); what fails is left open.
func (f *flight) overTCP(q *query, end time.Time) {
	left := time.Until(end)
	if left <= 0 {
		return
	}
	s, err := f.r.net.Dial("tcp", f.r.o.Servers[f.server], left)
	if err != nil {
		return
	}
	defer s.Close()
	s.SetReadTimeout(left)
	msg := dns.AppendQuery(make([]byte, 2, 512), q.id, f.k.name, q.typ)
	binary.BigEndian.PutUint16(msg, uint16(len(msg)-2))
	if _, err := s.Write(msg); err != nil {
		return
	}
	for !q.done && time.Now().Before(end) {
		var size [2]byte
		if _, err := io.ReadFull(s, size[:]); err != nil {
			return
		}
		in := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(s, in); err != nil {
			return
		}
		f.take(in, true)
	}
}

// take looks at one message and files it if it answers an open question.
// Whatever else comes is logged as nginx does and otherwise ignored.
func (f *flight) take(msg []byte, tcp bool) {
	r, err := dns.Parse(msg)
	switch {
	case err != nil:
		f.r.log(err.Error())
		return
	case !r.Standard() || tcp && r.Truncated():
		name := "UDP"
		if tcp {
			name = "TCP"
		}
		f.r.log(fmt.Sprintf("invalid %s DNS response %d fl:%04X", name, r.ID, r.Flags))
		return
	case r.Code() == FormErr || r.Code() > Refused:
		f.r.log(fmt.Sprintf("DNS error (%d: %s), query id:%d, name:\"%s\"", r.Code(), CodeText(r.Code()), r.ID, f.k.name))
		return
	case r.Questions != 1:
		f.r.log("invalid number of questions in DNS response")
		return
	case r.Class != dns.ClassIN:
		f.r.log(fmt.Sprintf("unknown query class %d in DNS response", r.Class))
		return
	}
	for _, q := range f.queries {
		if q.typ != r.Type || q.done || r.Name != f.k.name {
			continue
		}
		switch {
		case q.id != r.ID:
			f.r.log(fmt.Sprintf("wrong ident %d in DNS response for %s, expect %d", r.ID, r.Name, q.id))
		case r.Truncated():
			q.tcp = true
		case f.acceptable(r):
			q.done, q.reply = true, r
		}
		return
	}
	f.r.log("unexpected DNS response for " + r.Name)
}

// acceptable refuses a reply that mixes address families or classes.
func (f *flight) acceptable(r *dns.Reply) bool {
	for _, a := range r.Answers {
		if a.Class != dns.ClassIN {
			f.r.log(fmt.Sprintf("unexpected RR class %d in DNS response", a.Class))
			return false
		}
		if f.k.kind == kindAddr && a.Addr.IsValid() && a.Type != r.Type {
			f.r.log("unexpected address record in DNS response")
			return false
		}
	}
	return true
}

func (f *flight) answered() bool {
	return !slices.ContainsFunc(f.queries, func(q *query) bool { return !q.done })
}

// fromKernel tells a refused socket from a wait that is over: of all errors
// only a system call's number has both methods.
func fromKernel(err error) bool {
	var e interface {
		Is(error) bool
		Temporary() bool
	}
	return errors.As(err, &e)
}
