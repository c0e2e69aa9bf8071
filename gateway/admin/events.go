package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// How events are sent.
const (
	heartbeat   = 15 * time.Second
	sendTimeout = 10 * time.Second
	maxMissed   = 1000
)

// stream is an answer that goes on: server-sent events.
type stream struct {
	c    *call
	ctl  *http.ResponseController
	news chan string
}

// events tells of each revision as it comes. Last-Event-ID says where a client
// has been; what it missed comes first. An event "reset" tells one that missed
// too much to read all anew.
func (c *call) events() *reply {
	last := c.r.Header.Get("Last-Event-ID")
	if last == "" {
		last = c.query["last_event_id"]
	}
	_, at, follower := c.Desired.Follow()
	since := at
	if last != "" {
		n, err := strconv.ParseUint(last, 10, 64)
		if err != nil {
			return message(400, "Last-Event-ID must be a revision's number")
		}
		since = n
	}
	news := c.news.join() // before anything is said: who reads it may count on all that comes
	defer c.news.leave(news)
	s, begun := c.beginStream()
	if !begun {
		return nil
	}
	s.news = news
	if s.missed(since, at) == nil {
		s.follow(follower)
	}
	return nil
}

// beginStream begins an answer that goes on; false: the client has gone, or wants only its
// head.
func (c *call) beginStream() (*stream, bool) {
	c.w.Header().Set("Content-Type", "text/event-stream")
	c.common()
	s := &stream{c: c, ctl: http.NewResponseController(c.w)}
	if c.r.Method == http.MethodHead {
		c.w.WriteHeader(http.StatusOK)
		return s, false
	}
	s.ctl.SetReadDeadline(time.Time{}) // the time for bodies is over, the stream is not
	return s, s.write("retry: 1000\n\n") == nil
}

// missed sends the revisions after since, up to at.
func (s *stream) missed(since, at uint64) error {
	if since == at {
		return nil
	}
	if since > at || at-since > maxMissed { // another store, or too long away
		return s.reset(at)
	}
	const few = 10 // at once: they may be large
	for since < at {
		n := min(few, at-since)
		list, err := s.c.Desired.Revisions(s.c.r.Context(), since+n+1, int(n))
		if err != nil || uint64(len(list)) < n || list[n-1].Number != since+1 {
			return s.reset(at)
		}
		for _, r := range slices.Backward(list) {
			if err := s.revision(&r); err != nil {
				return err
			}
		}
		since += n
	}
	return nil
}

func (s *stream) follow(f *desired.Follower) {
	ctx, cancel := context.WithCancel(s.c.r.Context())
	defer cancel()
	revisions := make(chan revisionOr)
	go s.revisions(ctx, f, revisions)
	for {
		var err error
		select {
		case r := <-revisions:
			switch {
			case r.err != nil:
				err = r.err
			case r.revision == nil:
				err = s.reset(r.at)
			default:
				err = s.revision(r.revision)
			}
		case text, ok := <-s.news:
			if !ok {
				return // it does not read
			}
			err = s.write(text)
		case <-time.After(heartbeat):
			err = s.write(": still here\n\n")
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// revisionOr is a revision, or that some were missed up to one, or why there will be none.
type revisionOr struct {
	revision *entity.Revision
	at       uint64
	err      error
}

func (s *stream) revisions(ctx context.Context, f *desired.Follower, out chan<- revisionOr) {
	for {
		var n revisionOr
		if n.revision, n.err = f.Next(ctx); errors.Is(n.err, desired.ErrBehind) {
			n.err = nil
			_, n.at, f = s.c.Desired.Follow()
		}
		select {
		case out <- n:
		case <-ctx.Done():
			return
		}
		if n.err != nil {
			return
		}
	}
}

func (s *stream) reset(at uint64) error {
	return s.write(fmt.Sprintf("id: %d\nevent: reset\ndata: {\"revision\":%d}\n\n", at, at))
}

func (s *stream) revision(r *entity.Revision) error {
	b, err := schema.Encode(s.c.showRevision(r))
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("id: %d\nevent: revision\ndata: %s\n\n", r.Number, b))
}

func (s *stream) write(text string) error { return s.send([]byte(text)) }

// send sends at once; who does not read is cut off.
func (s *stream) send(text []byte) error {
	s.ctl.SetWriteDeadline(time.Now().Add(sendTimeout)) // not all writers have one
	if _, err := s.c.w.Write(text); err != nil {
		return err
	}
	return s.ctl.Flush()
}
