package plugin

import (
	"encoding/json"
	"strconv"
	"strings"

	"moongate/engine/httpd"
	"moongate/gateway/entity"
	"moongate/gateway/meter"
	"moongate/gateway/route"
)

// Context is one request as plugins see it. It is theirs until the request ends.
type Context struct {
	R       *httpd.Request
	Route   *entity.Route
	Service *entity.Service // nil where the route has none
	Match   route.Result    // what of the route has matched

	// Who asks. Consumer is nil for those that nobody has authenticated, and for those
	// that are allowed to be nobody.
	Consumer   *entity.Consumer
	Credential string // the id of what the consumer has shown, or what it is called
	// Groups are those that the credential itself says its holder is in; nil where it
	// says nothing.
	Groups []string
	// Claims are those of a token whose signature has been verified; nil without one.
	Claims Claims

	// Out is the request as the service will get it; its headers are those of R.In.
	Out Outgoing

	// Passing has a say in how the service is spoken to; nil: as the service says.
	Passing Passing

	// Choosing has a say in which target is chosen; nil for none.
	Choosing Choosing

	// Class is the class of the client, "" for none, and ClassBy the client's headers by
	// which classes are told apart. It may become another one when it is known who asks.
	Class   string
	ClassBy []string

	// Plain asks the service for an answer that can be read: nothing that is encoded, and
	// no part of it.
	Plain bool
	// Always is a member of a JSON answer that no plugin takes away: it says what is
	// missing in it. "" for none.
	Always string

	// Variant is what a release has decided: "", or the name of the version.
	Variant string

	// Series is where the counts of the route are; it is never nil once Route is known.
	Series *meter.Series
	// Before is how many headers of R.Out.List are older than the service's answer.
	Before int
	// Decide has the releases decide now, as Variant tells then; nobody decides twice.
	Decide func()

	// Ask asks another service beside.
	Ask Asker

	// Whole is the body of the service's answer while Response is called.
	Whole []byte

	// Trace is the trace that the request is a part of; nil without one.
	Trace *Trace

	// LogValues are more fields for logs.
	LogValues []LogValue

	filtersBody, watchesBody bool
	broken                   Result
}

// Outgoing is what of a request is another thing for the service than for the client.
type Outgoing struct {
	Path  string // escaped
	Query string // without "?"
	Host  string // the Host header; "" is the service's own
	// Scheme is "http" or "https" where it is another one than the service's.
	Scheme string
}

// Authenticate says who asks. The consumer may be nil, when a credential is good for
// somebody whom the gateway has no consumer of.
func (x *Context) Authenticate(c *entity.Consumer, credential string) {
	x.Consumer, x.Credential = c, credential
}

// Authenticated tells whether somebody has been authenticated, be it by another plugin.
func (x *Context) Authenticated() bool { return x.Consumer != nil || x.Credential != "" }

// FilterBody asks for calls of Body for this response; Header may call it. The body's
// length is no longer known then.
func (x *Context) FilterBody() { x.filtersBody = true }

// FiltersBody tells what was asked for since the last call, and forgets it.
func (x *Context) FiltersBody() bool {
	was := x.filtersBody
	x.filtersBody = false
	return was
}

// Break says from Header that there will be no response: what the header filter ends with.
func (x *Context) Break(res Result) { x.broken = res }

// Broken is what Break was given since the last call, 0 without. It is forgotten, so that
// the error page that follows has a header.
func (x *Context) Broken() Result {
	was := x.broken
	x.broken = 0
	return was
}

// WatchBody asks for calls of Body that pass on what they get: they see the body as the
// service has given it, and its length stays known. Received may call it.
func (x *Context) WatchBody() { x.watchesBody = true }

// WatchesBody is FiltersBody for WatchBody.
func (x *Context) WatchesBody() bool {
	was := x.watchesBody
	x.watchesBody = false
	return was
}

// Answer ends the request with a status and a message, as the gateway words all that it
// says itself: {"message":"..."}.
func (x *Context) Answer(status int, message string) Result {
	text, err := json.Marshal(message)
	if err != nil {
		return 500
	}
	return x.AnswerWith(status, "application/json; charset=utf-8", `{"message":`+string(text)+`}`)
}

// AnswerWith ends the request with a body of any type. Headers that the answer shall have
// are added to R.Out before.
func (x *Context) AnswerWith(status int, contentType, body string) Result {
	if res := x.R.SendText(status, contentType, body); res == httpd.Error || res >= 300 {
		return res
	}
	return 200 // what was sent stands
}

// AnswerEmpty ends the request with a status and nothing else.
func (x *Context) AnswerEmpty(status int) Result {
	r := x.R
	if !r.DiscardBody() {
		return 400
	}
	r.Out.Status, r.Out.ContentType, r.Out.ContentLength = status, "", 0
	if res := r.SendHeader(); res == httpd.Error || res >= 300 {
		return res
	}
	if !r.HeaderOnly {
		if err := r.WriteOne(httpd.Buf{Last: true}); err != nil {
			return httpd.Error
		}
	}
	return 200
}

// LogValue adds a field to what logging plugins write of this request, or replaces one.
func (x *Context) LogValue(name string, value any) {
	x.LogValues = append(x.LogValues, LogValue{Name: name, Value: value})
}

// LogValue is a field of a log record, its name with dots where it lies in another one.
type LogValue struct {
	Name  string
	Value any // nil takes the field away
	If    LogCondition
}

// LogCondition says when a LogValue counts.
type LogCondition byte

const (
	Always    LogCondition = iota
	IfAbsent               // the record has no such field
	IfPresent              // it has one
)

// Reset makes a context fresh for another request.
func (x *Context) Reset(r *httpd.Request) {
	m, logs := x.Match, x.LogValues
	clear(logs)
	*x = Context{R: r, Match: m, LogValues: logs[:0]}
}

var slot = httpd.NewSlot[Context]()

// Of is the context of a request that goes through the gateway, nil for others.
func Of(r *httpd.Request) *Context { return slot.Get(r.Main) }

// Attach makes x the context of its request.
func (x *Context) Attach() { slot.Put(x.R, x) }

// Capture is a group of the route's path regex, by name or number; "" without it.
func (x *Context) Capture(name string) string {
	if n, err := strconv.Atoi(name); err == nil {
		return x.Match.Capture(n)
	}
	for _, g := range x.Match.Names() {
		if g.Name == name {
			return x.Match.Capture(g.Group)
		}
	}
	return ""
}

// HasHeader tells whether the client has sent a header.
func (x *Context) HasHeader(name string) bool {
	_, ok := x.R.In.Get(name)
	return ok
}

// Arg is the first query argument of that name, decoded.
func (x *Context) Arg(name string) (string, bool) {
	for rest := x.R.Args; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		key, value, _ := strings.Cut(pair, "=")
		if Unescape(x.R, key) == name {
			return Unescape(x.R, value), true
		}
	}
	return "", false
}

// HasArg tells whether the client has sent a query argument.
func (x *Context) HasArg(name string) bool {
	_, ok := x.Arg(name)
	return ok
}
