package httpd

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"moongate/core/config/syntax"
	"moongate/core/cycle"
	"moongate/edge/wire/http1"
)

// Question is a request that nobody sends.
type Question struct {
	Method  string // GET when it is ""
	Target  string // from the path on, or with http://host in front
	Headers []Header
	From    netip.AddrPort
}

// Line is one thing that is told of it.
type Line struct {
	Step string `json:"step"`
	Text string `json:"text"`
	At   string `json:"at,omitempty"` // where it is written
}

// Explanation is what is told so far, for modules to add to.
type Explanation struct {
	R     *Request
	Lines []Line

	notes  *Notes
	prefix string
	step   string
}

// Line adds a line.
func (x *Explanation) Line(step, text string) {
	x.Lines = append(x.Lines, Line{Step: step, Text: text})
}

func (x *Explanation) at(step, text string, p syntax.Pos) {
	x.Lines = append(x.Lines, Line{step, text, strings.TrimPrefix(place(p), x.prefix)})
}

// Verdict tells the result of a handler in phase access.
func (x *Explanation) Verdict(res Result) {
	switch {
	case res == OK:
		x.Line(x.step, "-> let in")
	case res == Declined:
		x.Line(x.step, "-> nothing is said of this client")
	default:
		x.Line(x.step, fmt.Sprintf("-> %d", res))
	}
}

// File tells whether a file is there.
func (x *Explanation) File(name string) (there, dir bool) {
	what := "is not there"
	if st, err := os.Stat(name); err == nil {
		if there, dir = true, st.IsDir(); dir {
			what = "is a folder"
		} else {
			what = fmt.Sprintf("is a file of %d bytes", st.Size())
		}
	} else if !errors.Is(err, os.ErrNotExist) {
		what = "cannot be looked at: " + errors.Unwrap(err).Error()
	}
	x.Line("file", name+" "+what)
	return there, dir
}

// Traced tells that the request is one that nobody sends.
func (r *Request) Traced() bool { return r.trace != nil }

// Tracef tells something of such a request. Ask Traced before: arguments are allocated.
func (r *Request) Tracef(format string, args ...any) {
	if r.trace != nil {
		r.trace(fmt.Sprintf(format, args...))
	}
}

// VarName is the name of a variable.
func (r *Request) VarName(i VarIndex) string { return r.Server.http.vars.indexed[i].Name }

// NewNotes makes notes for a configuration that will be explained.
func NewNotes() *Notes {
	return &Notes{levels: map[*Location][]written{}, content: map[*Location]written{}}
}

// Explain follows a request through a configuration that was read with purpose
// cycle.Explain and these notes. Nothing is opened, started or sent: of handlers those
// run that look at nothing but the request.
func (e *Engine) Explain(c *cycle.Cycle, n *Notes, q *Question) (lines []Line, err error) {
	b := e.of(c).builder
	if b == nil || len(b.listens) == 0 {
		return nil, errors.New("the configuration has no http servers")
	}
	b.Locations(func(l *Location) { l.core.Log = nil }) // none is open
	x := &Explanation{notes: n, prefix: c.Prefix}
	if err := x.ask(b, q); err != nil {
		return nil, err
	}
	x.serve()
	return x.Lines, nil
}

// ask makes the request, with the connection that it would have come by.
func (x *Explanation) ask(b *Builder, q *Question) (err error) {
	head := q.head()
	l, why := b.listenFor(q)
	x.at("listen", l.addr.String()+why, x.listenedAt(l))
	from := q.From
	if !from.IsValid() {
		from = netip.MustParseAddrPort("127.0.0.1:0")
	}
	c := &Conn{w: &Worker{HTTP: b}, listen: l, server: l.first, remote: from, local: l.addr.AddrPort(), started: time.Now(), state: stateRequest}
	c.in = []byte(head)
	r := &Request{Conn: c, stream: silence{}, Start: time.Now(), Version: http1.HTTP10, slots: make([]any, slotCount), uriChanges: maxURIChanges + 1}
	r.Main, c.req, x.R = r, r, r
	r.In.ContentLength, r.Out.ContentLength, r.Out.LastModified = -1, -1, -1
	r.trace = func(text string) { x.Line(x.step, text) }
	defer func() {
		// What is refused would be answered now, and there is nobody to answer.
		if recover() != nil {
			err = fmt.Errorf("such a request is answered with %d before it is looked at", max(r.Out.Status, 400))
		}
	}()
	if !c.readLine(r) || !c.readHeaders(r) {
		return fmt.Errorf("such a request is answered with %d before it is looked at", max(r.Out.Status, 400))
	}
	_, how := l.names.explain(r)
	x.at("server", how, r.Server.Pos)
	return nil
}

// head is the request as it would be sent.
func (q *Question) head() string {
	var b strings.Builder
	method := q.Method
	if method == "" {
		method = "GET"
	}
	b.WriteString(method + " " + q.Target + " HTTP/1.1\r\n")
	host := false
	for _, h := range q.Headers {
		host = host || http1.EqualFold(h.Name, "Host")
		b.WriteString(h.Name + ": " + h.Value + "\r\n")
	}
	if !host {
		b.WriteString("Host: localhost\r\n")
	}
	b.WriteString("\r\n")
	return b.String()
}

// listenFor is the address that the request would come to: that of the port which the
// request names, else the first.
func (b *Builder) listenFor(q *Question) (l *listen, why string) {
	host := ""
	for _, h := range q.Headers {
		if http1.EqualFold(h.Name, "Host") {
			host = h.Value
		}
	}
	port := "80"
	scheme, rest, absolute := strings.Cut(q.Target, "://")
	if absolute {
		host, _, _ = strings.Cut(rest, "/")
		if strings.EqualFold(scheme, "https") {
			port = "443"
		}
	}
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		port = host[i+1:]
	}
	for _, l := range b.listens {
		if !l.addr.IsUnix() && strconv.Itoa(int(l.addr.AddrPort().Port())) == port {
			return l, ""
		}
	}
	if len(b.listens) > 1 {
		why = fmt.Sprintf(", the first of %d: none has port %s", len(b.listens), port)
	}
	return b.listens[0], why
}

func (x *Explanation) listenedAt(l *listen) (p syntax.Pos) {
	for _, w := range x.notes.levels[l.first.ground] {
		if w.row.Name == "listen" {
			return w.node.Pos
		}
	}
	return l.first.Pos
}

// silence is where the response goes of a request that nobody sends.
type silence struct{}

func (silence) header(*Request) error                  { return nil }
func (silence) body(*Request, []Buf) error             { return nil }
func (silence) flush(*Request) error                   { return nil }
func (silence) readBody(*Request, []byte) (int, error) { return 0, errClosed }
func (silence) expect(*Request) error                  { return nil }
func (silence) end(*Request) bool                      { return false }
func (silence) discard(*Request) bool                  { return true }
func (silence) early(*Request, int, []Header) error    { return nil }
