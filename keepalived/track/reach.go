package track

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	icmpsock "moongate/edge/sys/icmp"
	"moongate/edge/wire/icmp"
	"moongate/keepalived/config"
	"moongate/keepalived/script"
)

// Reach is one question of a tie_break: whether anybody answers.
type Reach struct {
	conf  *config.TieBreak
	conns []conn
	Err   error // why somebody could not be asked
}

// conn is a socket for pings to one address.
type conn struct {
	*icmpsock.Conn
	v6 bool
}

// NewReach opens what is needed, without waiting, in the calling thread's network
// namespace. Wait must follow.
func NewReach(c *config.TieBreak) *Reach {
	r := &Reach{conf: c}
	for _, a := range c.Ping {
		c, err := icmpsock.Dial(a, icmpsock.Options{})
		if err != nil {
			r.Err = fmt.Errorf("ping %v: %w", a, err)
			continue
		}
		r.conns = append(r.conns, conn{c, a.Is6()})
	}
	return r
}

// Wait asks all at once and tells whether one has answered, within the timeout or
// until ctx ends.
func (r *Reach) Wait(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, r.conf.Timeout)
	defer cancel()
	asked, answers := len(r.conns), make(chan bool, len(r.conns)+1)
	for _, c := range r.conns {
		go func() { answers <- r.ping(ctx, c) }()
	}
	if r.conf.Command.Set() {
		asked++
		go func() { answers <- r.script(ctx) }()
	}
	for ; asked > 0; asked-- {
		if <-answers {
			return true
		}
	}
	return false
}

// ping sends echo requests, spread over the time there is.
func (r *Reach) ping(ctx context.Context, c conn) bool {
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()
	ask := icmp.Echo{Type: icmp.Request4, ID: uint16(rand.Uint32()), Data: []byte("moongate")}
	if c.v6 {
		ask.Type = icmp.Request6
	}
	gap := r.conf.Timeout / time.Duration(r.conf.Count)
	for next := time.Now(); ctx.Err() == nil; {
		if ask.Seq < uint16(r.conf.Count) {
			ask.Seq++
			next = next.Add(gap)
			c.Write(ask.Append(nil)) // where it can't be sent nobody answers
		} else {
			next, _ = ctx.Deadline()
		}
		if hear(ctx, c, &ask, next) {
			return true
		}
		// Not every error takes its time.
		select {
		case <-ctx.Done():
		case <-time.After(time.Until(next)):
		}
	}
	return false
}

// hear waits for an answer to one of the requests, until a time or an error.
func hear(ctx context.Context, c conn, ask *icmp.Echo, until time.Time) bool {
	if c.SetReadDeadline(until); ctx.Err() != nil {
		return false
	}
	var buf [512]byte
	for {
		n, err := c.Read(buf[:])
		if err != nil {
			return false
		}
		p := buf[:n]
		if !c.v6 && n >= 20 && p[0]>>4 == 4 { // a raw socket has the header
			p = p[min(n, int(p[0]&0xf)*4):]
		}
		e, ok := icmp.Parse(p, c.v6)
		if ok && (e.Type == icmp.Reply4 || e.Type == icmp.Reply6) && e.Seq >= 1 && e.Seq <= ask.Seq && (!c.Raw || e.ID == ask.ID) {
			return true
		}
	}
}

// script runs the program. One that takes too long is ended, which nobody waits for.
func (r *Reach) script(ctx context.Context) bool {
	run, err := script.Start(&r.conf.Command)
	if err != nil {
		return false
	}
	select {
	case <-run.Done():
		s := run.Status()
		return s.Exited && s.Code == 0
	case <-ctx.Done():
		go run.End(0, 2*time.Second)
		return false
	}
}
