package plugin

import (
	"time"

	"moongate/edge/wire/http1"
)

// Ask is a request to a service beside the one that a client's request goes to. It goes the
// way of all requests: the service's upstream, targets, releases, health, retries and TLS;
// but it meets no plugins.
type Ask struct {
	Service string // by name or id
	Method  string // "" for GET
	Path    string // escaped; the service's own path comes in front of it
	Query   string // without "?"
	// Header is in place of the client's headers of these names; all others go with the
	// request, but for those of the connection, of the body and of conditions.
	Header []http1.Header
	// PassBody sends the client's body, which must have been read.
	PassBody bool
	// Take gets the parts of the answer's body, which are its to copy; an error ends it.
	Take func(part []byte) error
}

// Reply is what became of an Ask.
type Reply struct {
	Status int    // of the answer, 0 without one
	Failed Failed // why it is not there, or not whole
	Took   time.Duration
}

// Failed is why there is no answer.
type Failed string

// What may have failed.
const (
	NotFailed   Failed = ""
	NoService   Failed = "no such service"
	NoTarget    Failed = "no target"
	Unreachable Failed = "unreachable"
	TimedOut    Failed = "timeout"
	Incomplete  Failed = "incomplete"
	Stopped     Failed = "stopped"
)

// Asking is an Ask under way. Run and Stop may be called on different goroutines, Free when
// both are done.
type Asking interface {
	Run() Reply
	Stop()
	Free()
}

// Asker makes an Ask ready; it is called on the request's own goroutine.
type Asker func(a *Ask) (Asking, Failed)
