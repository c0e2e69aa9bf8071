package plugin

import (
	"net/netip"
	"slices"

	"moongate/edge/wire/http1"
	"moongate/gateway/entity"
)

// Question is a request that somebody asks about: what a plugin may know of one that
// nobody sends.
type Question struct {
	Method, Scheme, Host string
	Path, Query          string // as they would come
	URI                  string // the path, decoded and without dots
	Headers              []http1.Header
	Client               netip.Addr

	Route, Service string           // ids; Service is "" where the route has none
	Consumer       *entity.Consumer // nil for nobody
	Class          string           // of the client, "" for none
	Variant        string           // of a release, "" without one
}

// HasHeader tells whether the client would send a header.
func (q *Question) HasHeader(name string) bool {
	return slices.ContainsFunc(q.Headers, func(h http1.Header) bool { return http1.EqualFold(h.Name, name) })
}

// HasArg tells whether it would send a query argument.
func (q *Question) HasArg(name string) bool { return findArg(nil, q.Query, name).Times > 0 }

// Told is what a plugin says of it.
type Told struct {
	State  string // in a word: "open", "Hit"; "" where there is nothing to tell
	Why    string
	Key    string // X-Cache-Key
	Status int    // of the plugin's own answer; 0: the request goes on
}

// Telling is by what a plugin tells what it would do.
type Telling uint8

const (
	ByConfig Telling = iota + 1 // and the request alone
	ByMemory                    // that workers share
)

// Tells is for instances that say what would become of a request now, by what the workers
// of the node share. It is asked in the gateway process, where there is no worker, and
// changes nothing: see Plugin.Tells.
type Tells interface{ Tell(q *Question) Told }

// TellsTargets is for those that leave targets out of the choice (Choosing).
type TellsTargets interface {
	// Left says why an address would not be asked now, "" if it may be.
	Left(target, address string) string
	// Alone is what is answered where all are left out.
	Alone() Told
}
