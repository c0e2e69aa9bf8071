package admin

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/explain"
	"moongate/gateway/meter"
)

// Options of New. Only Desired is needed.
type Options struct {
	Desired *desired.Desired
	Tokens  *Tokens // nil: nobody is asked; Serve allows that on loopback only
	Plugins Plugins
	Health  Health // what the data plane knows of targets
	Node    Node
	Nodes   Nodes // all of them; nil: nobody is seen
	// Explainer says what becomes of requests; nil: nobody is told.
	Explainer *explain.Explainer
	Caches    Caches // answers that proxy-cache keeps; nil: there are none
	// Counts tells the data plane's connections, for /status.
	Counts func() Counts
	// Memory tells what workers have and share, for /status.
	Memory func() Memory
	// Watch tells what goes on, for /live; nil: nobody can. Who sets it has WatchLive run.
	Watch Watch
	// Requests has those that have just ended; nil: nobody notes them.
	Requests Requests
	Logs     []LogFile // that the configuration names
	// Inspector looks into shared memory; nil: there is none.
	Inspector Inspector
	// Metrics writes what GET /metrics tells.
	Metrics func(t *meter.Text)
	// Applied, if set, is called before a write is answered, and waits until requests go
	// by the revision, as far as that may be waited for.
	Applied func(ctx context.Context, revision uint64)
	// Sessions are those of pages; nil: they are forgotten when the process ends.
	Sessions *Sessions
	// Users are those who log in with a password; nil: they are forgotten with the process.
	Users   *Users
	Journal *Journal // likewise
	// Hooks are handlers of others, by the beginning of the path.
	Hooks []Hook
	// Origins are those of web pages elsewhere that may use the API.
	Origins []string
	Log     func(text string)
}

// Plugins is what there is to use.
type Plugins interface {
	entity.Plugins
	// Order is the plugin's place: higher ones run first, as Kong's PRIORITY.
	Order(name string) int
}

// Node is what GET / says of this process.
type Node struct {
	ID, Hostname   string
	Version, Nginx string // of the program, and of the nginx that it behaves as
	Store          string // "bolt", "etcd", "file"
	Shared         bool   // the store is that of several nodes
	Started        time.Time
	Workers        func() []int // their process ids
	Proxy, Admin   []Listen     // where the servers and this API listen
}

// Listen is an address, as ingress controllers read it from GET /.
type Listen struct {
	Listener string `json:"listener"` // "0.0.0.0:8000 ssl"
	IP       string `json:"ip"`
	Port     int    `json:"port"`
	SSL      bool   `json:"ssl"`
	HTTP2    bool   `json:"http2"`
}

// Hook is a handler of somebody else. A Path that ends in / stands for all below.
type Hook struct {
	Path    string
	Role    Role // None: no token is needed
	Handler http.Handler
}

// Handler is the Admin API.
type Handler struct {
	Options
	gate
	model    *entity.Model
	table    []endpoint
	origin   *http.CrossOriginProtection
	throttle throttle
	head     time.Duration // for the head of a request
	timeout  time.Duration // of a body, and of an answer
	slots    chan struct{} // requests that are being worked on
	writers  chan struct{} // those that wait for the store
	bulky    chan struct{} // those whose bodies are large
	large    chan struct{} // those whose bodies may be as large as all there is
	streams  chan struct{} // followers of /events
	scrapes  chan struct{} // readers of /metrics
	askers   chan struct{} // those who have something explained
	tails    chan struct{} // of /logs
	lookers  chan struct{} // into shared memory
	news     news
	watchers chan struct{} // followers of /live
	board    board
}

// How much may be under way at once.
const (
	maxRequests = 256
	maxWriters  = 64
	maxBulky    = 8
	maxLarge    = 4
	maxStreams  = 64
	maxScrapes  = 4
	maxAskers   = 8
)

// New makes the API.
func New(o Options) (*Handler, error) {
	h := &Handler{
		Options: o, model: o.Desired.Model(), origin: http.NewCrossOriginProtection(), head: headerTimeout, timeout: bodyTimeout,
		slots: make(chan struct{}, maxRequests), streams: make(chan struct{}, maxStreams), scrapes: make(chan struct{}, maxScrapes), askers: make(chan struct{}, maxAskers),
		writers: make(chan struct{}, maxWriters), bulky: make(chan struct{}, maxBulky), large: make(chan struct{}, maxLarge),
		watchers: make(chan struct{}, maxWatchers), board: board{to: map[*watcher]bool{}, wake: make(chan struct{}, 1), done: make(chan struct{})}, tails: make(chan struct{}, maxTails), lookers: make(chan struct{}, maxInspect),
	}
	h.gate.open(o, h.log)
	for _, origin := range o.Origins {
		if err := h.origin.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("admin: %w", err)
		}
	}
	h.table = h.endpoints()
	return h, nil
}

// call is one request on its way.
type call struct {
	*Handler
	w     http.ResponseWriter
	r     *http.Request
	path  []string // unescaped segments
	query query
	who   Identity
	by    proof // how the caller has shown who it is
	// Of a page's request, the session and its id.
	session    string
	made       session
	start, now time.Time // the same, but by the handler's clock
	leave      func()    // gives back what read has taken
}

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{Handler: h, w: w, r: r, start: time.Now(), now: h.clock()}
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			h.log(fmt.Sprintf("admin: panic in %s %s: %v\n%s", r.Method, r.URL.Path, p, debug.Stack()))
			if c.leave != nil {
				c.leave()
			}
			c.send(message(500, "An unexpected error occurred"))
		}
	}()
	if a := c.guard(); a != nil {
		c.send(a)
		return
	}
	stop := c.attend()
	defer stop()
	a := c.serve()
	if c.leave != nil {
		c.leave()
	}
	if a != nil {
		c.send(a)
	}
}

func (h *Handler) log(text string) {
	if h.Log != nil {
		h.Log(text)
	}
}

// serve finds who answers. nil: it has answered itself.
func (c *call) serve() *reply {
	if a := c.toDashboard(); a != nil {
		return a
	}
	for _, hook := range c.Hooks {
		if c.r.URL.Path == hook.Path || strings.HasSuffix(hook.Path, "/") && strings.HasPrefix(c.r.URL.Path, hook.Path) {
			if a := c.allowed(hook.Role); a != nil {
				return a
			}
			if strings.TrimSuffix(hook.Path, "/")+"/" != dashboardPath {
				c.common() // the dashboard has its own
			}
			hook.Handler.ServeHTTP(c.w, c.r)
			return nil
		}
	}
	if leave, free := c.enter(); free {
		defer leave()
	} else {
		return busy()
	}
	for i := range c.table {
		if e := &c.table[i]; e.matches(c.path) {
			return c.dispatch(e.methods, e.roles)
		}
	}
	if methods := c.entities(); methods != nil {
		return c.dispatch(methods, nil)
	}
	if a := c.allowed(Viewer); a != nil {
		return a
	}
	return notFound()
}

// method answers a request with one method.
type method func(c *call) *reply

// dispatch calls the method's function; HEAD is GET, OPTIONS lists what there is.
func (c *call) dispatch(methods map[string]method, roles map[string]Role) *reply {
	name := c.r.Method
	if name == http.MethodHead {
		name = http.MethodGet
	}
	if name == http.MethodOptions {
		return options(methods)
	}
	role, special := roles[name]
	if !special {
		role = usualRole(name)
	}
	if a := c.allowed(role); a != nil {
		return a
	}
	f := methods[name]
	if f == nil {
		a := message(405, "Method not allowed")
		a.header = map[string]string{"Allow": allow(methods)}
		return a
	}
	return f(c)
}

// usualRole is who may use a method where nothing else is said.
func usualRole(method string) Role {
	if method == http.MethodGet {
		return Viewer
	}
	return Operator
}

func allow(methods map[string]method) string {
	list := []string{"OPTIONS"}
	for m := range methods {
		if list = append(list, m); m == "GET" {
			list = append(list, "HEAD")
		}
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func options(methods map[string]method) *reply {
	list := allow(methods)
	return &reply{status: 204, header: map[string]string{
		"Allow": list, "Access-Control-Allow-Methods": list,
		"Access-Control-Allow-Headers": "Content-Type, Authorization, Kong-Admin-Token, If-Match",
	}}
}

// latency is Kong's header: milliseconds so far.
func (c *call) latency() string {
	return strconv.FormatInt(time.Since(c.start).Milliseconds(), 10)
}
