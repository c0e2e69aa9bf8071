package httpd

import "moongate/core/config/directive"

// Result is what a handler answers with: one of the constants below or an HTTP
// status (200 and above) that the engine turns into a response.
type Result int

const (
	OK       Result = 0  // done; the phase says what comes next
	Error    Result = -1 // the connection is of no more use
	Done     Result = -4 // the handler took the request over and has ended it
	Declined Result = -5 // not mine: the next handler
)

// Handler is a phase or content handler. It may block through package event.
type Handler func(r *Request) Result

// Phase is one of nginx's phases (ngx_http_phases), in the order they run.
type Phase uint8

const (
	PostRead Phase = iota
	ServerRewrite
	FindConfig // the engine's own
	Rewrite
	PostRewrite // the engine's own
	PreAccess
	Access
	PostAccess // the engine's own
	PreContent
	Content
	Log
	numPhases
)

var phaseNames = [numPhases]string{"post_read", "server_rewrite", "find_config", "rewrite", "post_rewrite",
	"preaccess", "access", "post_access", "precontent", "content", "log"}

func (p Phase) String() string { return phaseNames[p] }

// PhaseHandler puts a handler into a phase. When tells from a location's conf
// (the module's NewConf type) whether the handler is wanted there at all: what
// is not configured is not in the chain and costs nothing. A nil When means
// everywhere.
type PhaseHandler struct {
	Phase Phase
	Run   Handler
	When  func(conf any) bool
	// Of are the directives that this handler is about, by the beginnings of their names
	// with spaces between; "" means all of the module's.
	Of string
}

// HeaderFilter changes a response's header before it is sent. It may add body
// filters with Request.UseBodyFilter. Filters run in the order of the modules.
type HeaderFilter struct {
	Run  func(r *Request) Result
	When func(conf any) bool
	Of   string // as of a PhaseHandler
}

// BodyFilter sees each part of a response's body on its way out and passes on
// what it makes of it through next.
type BodyFilter func(r *Request, in []Buf, next Sink) error

// Module is one feature: its directives, variables, handlers and filters.
// A module's life: rows set -> Inherit of each row -> Merge -> Init -> Prepare, then
// Replay and Start in each worker. Every func may be nil.
type Module struct {
	Name string
	Doc  string

	// NewMain makes the conf that exists once, in http{}; NewConf the one that
	// each http, server, location and if has. A row's setter says by the type
	// it works on which of the two it means.
	NewMain func() any
	NewConf func() any

	Directives    []directive.Directive
	Together      bool // the directives of a level replace all of those above it, whatever their names
	Variables     []Variable
	Handlers      []PhaseHandler
	HeaderFilters []HeaderFilter

	// Merge runs after the rows' own inheritance: parent is finished, child
	// becomes so. For http{} itself parent is nil.
	Merge func(b *Builder, parent, child any) error
	// InitMain runs once when http{} has been read and before any Merge.
	InitMain func(b *Builder, main any) error
	// Init runs when every location is merged, before the phase chains are built.
	Init func(b *Builder) error
	// Prepare runs when shared memory and logs are there, and may still refuse.
	Prepare func(b *Builder) error
	// Replay runs in each worker while it still has the master's user: see cycle.Part.
	Replay func(b *Builder) error
	// Script takes a step of another module's into the program of a level: see
	// Builder.AppendScript.
	Script func(c *directive.Call, s ScriptStep) error
	// Explain tells what a handler of the module would do with a request that nobody
	// sends, and gives its result as far as it can be known: see Engine.Explain. Without
	// it the module's directives are told.
	Explain func(x *Explanation, p Phase) Result
	// Start runs in each worker before it accepts connections; Quit when it begins to
	// end gracefully, Cut when worker_shutdown_timeout is over; Stop when it ends.
	Start func(w *Worker) error
	Quit  func(w *Worker)
	Cut   func(w *Worker)
	Stop  func(w *Worker)

	index int
}

// Index is the module's place in the running order, valid once New was called.
func (m *Module) Index() int { return m.index }

// Conf is the module's conf where the request is now (its location, or the
// server or if block that governs it).
func Conf[T any](r *Request, m *Module) *T { return r.Loc.conf[m.index].(*T) }

// LocConf is the module's conf of a location.
func LocConf[T any](l *Location, m *Module) *T { return l.conf[m.index].(*T) }

// MainConf is the module's conf that exists once.
func MainConf[T any](b *Builder, m *Module) *T { return b.main[m.index].(*T) }

// RequestMainConf is MainConf reached from a request.
func RequestMainConf[T any](r *Request, m *Module) *T { return r.Server.http.main[m.index].(*T) }
