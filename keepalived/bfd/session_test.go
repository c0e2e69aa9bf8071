package bfd

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	wire "moongate/edge/wire/bfd"
	"moongate/keepalived/config"
)

// world is two ends of a line in a time of their own.
type world struct {
	t    *testing.T
	now  time.Time
	ends [2]*end
	cut  bool
	mail []func() // packets under way
}

type end struct {
	w    *world
	peer int
	*Session
	log     []string
	sent    []wire.Packet
	times   []time.Time
	changes []bool
}

func (e *end) Send(_ *Session, p *wire.Packet) {
	e.sent, e.times = append(e.sent, *p), append(e.times, e.w.now)
	if o := e.w.ends[e.peer]; !e.w.cut && o != nil {
		var got wire.Packet
		if err := got.Parse(p.Append(nil)); err != nil {
			e.w.t.Errorf("%+v: %v", p, err)
		}
		e.w.mail = append(e.w.mail, func() { o.Receive(e.w.now, &got) })
	}
}

func (e *end) Changed(_ *Session, up bool) { e.changes = append(e.changes, up) }
func (e *end) Jitter() float64             { return 0.5 }
func (e *end) Log(_ bool, format string, args ...any) {
	e.log = append(e.log, fmt.Sprintf(format, args...))
}

func conf(change func(c *config.BFD)) *config.BFD {
	c := &config.BFD{Name: "B", MinRX: 100 * time.Millisecond, MinTX: 100 * time.Millisecond, IdleTX: time.Second, Multiplier: 4, TTL: 255}
	if change != nil {
		change(c)
	}
	return c
}

func join(t *testing.T, a, b *config.BFD) *world {
	w := &world{t: t, now: time.Unix(1000, 0)}
	for i, c := range []*config.BFD{a, b} {
		w.ends[i] = &end{w: w, peer: 1 - i}
		w.ends[i].Session = New(c, uint32(i+1), w.ends[i])
	}
	for _, e := range w.ends {
		e.Start(w.now)
	}
	return w
}

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	until := w.now.Add(d)
	for n := 0; ; n++ {
		for len(w.mail) > 0 {
			f := w.mail[0]
			w.mail = w.mail[1:]
			f()
		}
		next := until
		for _, e := range w.ends {
			if at, ok := e.Next(); ok && at.Before(next) {
				next = at
			}
		}
		if !next.Before(until) {
			w.now = until
			return
		}
		if n > 1_000_000 {
			w.t.Fatal("time stands still")
		}
		w.now = later(w.now, next)
		for _, e := range w.ends {
			e.Run(w.now)
		}
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (w *world) states() string { return w.ends[0].State().String() + " " + w.ends[1].State().String() }

func (w *world) want(states string) {
	w.t.Helper()
	if got := w.states(); got != states {
		w.t.Errorf("%s, not %s", got, states)
	}
}

func TestComesUpAndGoesDown(t *testing.T) {
	w := join(t, conf(nil), conf(nil))
	w.pass(2 * time.Second)
	w.want("Up Up")
	a, b := w.ends[0], w.ends[1]
	if !slices.Equal(a.changes, []bool{true}) || !slices.Equal(b.changes, []bool{true}) {
		t.Error(a.changes, b.changes)
	}
	if first := a.times[1].Sub(a.times[0]); first < 750*time.Millisecond || first > time.Second {
		t.Errorf("%v between the packets of a session that is down", first)
	}
	sent := len(a.sent)
	w.pass(time.Second)
	if n := len(a.sent) - sent; n < 10 || n > 14 {
		t.Errorf("%d packets in a second", n)
	}
	if p := a.sent[len(a.sent)-1]; p.Flags != 0 || p.MinTx != 100*time.Millisecond || p.Yours != 2 || p.Mine != 1 {
		t.Errorf("%+v", p)
	}

	w.cut = true
	cut := w.now
	for a.Up() {
		w.pass(time.Millisecond)
	}
	if d := w.now.Sub(cut); d < 300*time.Millisecond || d > 401*time.Millisecond {
		t.Errorf("the cut was noticed after %v", d)
	}
	w.pass(time.Second)
	w.want("Down Down")
	if p := a.sent[len(a.sent)-1]; p.Diag != wire.Expired || p.MinTx != time.Second || p.Yours != 0 {
		t.Errorf("%+v", p)
	}
	w.cut = false
	w.pass(3 * time.Second)
	w.want("Up Up")
	if !slices.Equal(a.changes, []bool{true, false, true}) {
		t.Error(a.changes)
	}
	want := []string{"     Detection time is 4000000 us (was 0 us)", "(B) Entering Up state", "     Detection time is 400000 us (was 4000000 us)",
		"(B) Entering Down state (Local diagnostic - Control Detection Time Expired, Remote diagnostic - No Diagnostic)", "(B) Expired after 400 ms (0 usec overdue)"}
	for _, line := range want {
		if !slices.Contains(a.log, line) {
			t.Errorf("%q is missing in\n%s", line, strings.Join(a.log, "\n"))
		}
	}
}

// The detection time is the other end's multiplier times what both agree on.
func TestNegotiation(t *testing.T) {
	w := join(t, conf(func(c *config.BFD) { c.MinTX, c.Multiplier = 50*time.Millisecond, 3 }), conf(func(c *config.BFD) { c.MinRX = 200 * time.Millisecond }))
	w.pass(4 * time.Second)
	w.want("Up Up")
	a, b := w.ends[0], w.ends[1]
	if a.txInterval() != 200*time.Millisecond || b.txInterval() != 100*time.Millisecond {
		t.Error(a.txInterval(), b.txInterval())
	}
	if a.detect != 400*time.Millisecond || b.detect != 600*time.Millisecond {
		t.Error(a.detect, b.detect)
	}
}

func TestPollIsAnswered(t *testing.T) {
	w := join(t, conf(nil), conf(nil))
	w.pass(3 * time.Second)
	flags := [2]wire.Flags{}
	for i, e := range w.ends {
		for _, p := range e.sent {
			flags[i] |= p.Flags
		}
		if e.polling {
			t.Error("still polling")
		}
	}
	if flags[0]&wire.Poll == 0 || flags[1]&wire.Final == 0 {
		t.Error(flags)
	}
	next := conf(func(c *config.BFD) { c.MinTX = 300 * time.Millisecond })
	w.ends[0].Reload(w.now, next)
	w.pass(2 * time.Second)
	w.want("Up Up")
	if w.ends[1].detect != 1200*time.Millisecond || w.ends[0].polling {
		t.Error(w.ends[1].detect, w.ends[0].polling)
	}
}

func TestPassive(t *testing.T) {
	passive := func(c *config.BFD) { c.Passive = true }
	w := join(t, conf(passive), conf(passive))
	w.pass(5 * time.Second)
	if w.want("Down Down"); len(w.ends[0].sent) != 0 {
		t.Error("a passive end began")
	}
	w = join(t, conf(passive), conf(nil))
	w.pass(5 * time.Second)
	w.want("Up Up")
}

func TestStopIsToldAtOnce(t *testing.T) {
	w := join(t, conf(nil), conf(nil))
	w.pass(3 * time.Second)
	w.ends[0].Stop(w.now)
	w.ends[0].Stop(w.now)
	w.pass(time.Millisecond)
	w.want("AdminDown Down")
	b := w.ends[1]
	if last := b.log[len(b.log)-1]; last != "(B) Entering Down state (Local diagnostic - Neighbor Signaled Session Down, Remote diagnostic - Administratively Down)" {
		t.Error(last)
	}
	if _, ok := w.ends[0].Next(); ok {
		t.Error("something is due after the end")
	}
	w.pass(10 * time.Second)
	w.want("AdminDown Down")
}

// An end that was started again, under another discriminator, is found out at once.
func TestOtherEndStartsAgain(t *testing.T) {
	w := join(t, conf(nil), conf(nil))
	w.pass(3 * time.Second)
	w.ends[1].Session = New(conf(nil), 77, w.ends[1])
	w.ends[1].Start(w.now)
	w.pass(10 * time.Millisecond)
	if w.ends[0].Up() {
		t.Error("nothing was noticed")
	}
	w.pass(3 * time.Second)
	w.want("Up Up")
	if p := w.ends[0].sent[len(w.ends[0].sent)-1]; p.Yours != 77 {
		t.Errorf("%+v", p)
	}
}

func TestOneLostPacketIsNothing(t *testing.T) {
	w := join(t, conf(nil), conf(nil))
	w.pass(3 * time.Second)
	for range 20 {
		w.cut = true
		w.pass(200 * time.Millisecond)
		w.cut = false
		w.pass(200 * time.Millisecond)
	}
	if n := len(w.ends[0].changes); n != 1 {
		t.Error(w.ends[0].changes)
	}
}

// Whatever comes, a session stays in its states and does not stop for ever.
func FuzzReceive(f *testing.F) {
	f.Add([]byte{0, 1, 0, 2, 0, 3, 0x20, 3, 0x10, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		w := join(t, conf(nil), conf(nil))
		w.cut = true
		e := w.ends[0]
		for ; len(b) > 1; b = b[2:] {
			e.Receive(w.now, &wire.Packet{Flags: wire.Flags(b[0] & 0x30), State: wire.State(b[1] & 3), Multiplier: b[0]>>4 | 1, Mine: uint32(b[1]) + 1, Yours: 1,
				MinTx: time.Duration(b[0]) * time.Millisecond, MinRx: time.Duration(b[1]) * time.Millisecond})
			w.pass(time.Duration(b[0]) * time.Millisecond)
		}
		w.pass(time.Hour)
		if e.Up() {
			t.Error("up, though nobody is there")
		}
		for i, up := range e.changes {
			if up != (i%2 == 0) {
				t.Fatal(e.changes)
			}
		}
		w.cut = false
		w.pass(10 * time.Second)
		w.want("Up Up")
	})
}
