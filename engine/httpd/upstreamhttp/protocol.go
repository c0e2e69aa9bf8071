package upstreamhttp

import "moongate/engine/upstream"

// Protocol is how a kind of upstream server is spoken to. Its methods do not wait.
type Protocol interface {
	// Create writes the request behind dst: everything but the body that comes
	// from the client. False fails the request with 500.
	Create(u *Upstream, dst []byte) ([]byte, bool)
	// Reinit forgets what was parsed, before another try.
	Reinit(u *Upstream)
	// Header parses Unread, takes what it has used with Skip, and gives each
	// line to TakeHeader.
	Header(u *Upstream) Parsed
	// BeginBody is called between the header and the body.
	BeginBody(u *Upstream)
	// Body looks at raw bytes of the body that are behind one another: it uses n
	// of them, data, a part of those, is to be passed on. It is called until it
	// wants more than there is, and says when the body is complete. Keep must be
	// set by then if the connection can serve again.
	Body(u *Upstream, in []byte) (n int, data []byte, res Body)
	// Wanted is the least number of raw bytes that can still complete the body, or
	// what has begun of it: with proxy_buffering on, fewer are not passed on by
	// themselves. math.MaxInt64 when only the end of the connection ends it.
	Wanted(u *Upstream) int64
	// AtEnd is asked when the peer has closed the connection: may the body end
	// there?
	AtEnd(u *Upstream) bool
}

// Framed is a Protocol that sends the body in frames of its own, and has something to say to
// the peer while it listens. Its header must not refer to the bytes that were received.
type Framed interface {
	// Prepare is told which connection the request goes to, a new one or not, and makes what
	// Create has written fit for it.
	Prepare(c *upstream.Conn, request []byte) []byte
	// Sent is told that all that Create has written is out. Before, nothing else may be.
	Sent(c *upstream.Conn)
	// SendBody sends what is left of that, head, and then what stands behind it, unless
	// OwnBody says that there is nothing. It runs on a goroutine of its own, where Sent is not
	// called. read is the client's body, last with its end; write writes all to c.
	SendBody(c *upstream.Conn, head []byte, read func(p []byte) (n int, last bool, err error), write func(p []byte) error) error
	// StopBody has it return soon: the connection has been closed.
	StopBody()
}

// Parsed is what a Protocol found of a header.
type Parsed uint8

const (
	HeaderMore    Parsed = iota // more bytes are needed
	HeaderDone                  // the body follows
	HeaderHints                 // early hints, the header is still to come
	HeaderInvalid               // another peer may be tried
	HeaderFailed                // 500
)

// Body is how far a body has come.
type Body uint8

const (
	BodyMore   Body = iota // all bytes are used up
	BodyData               // data, and there may be more in the same bytes
	BodyDone               // complete
	BodyFailed             // not in the format; the log line has been written
)
