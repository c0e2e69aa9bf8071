package upstream

import (
	"sync/atomic"
	"time"

	"moongate/core/config/syntax"
	"moongate/engine/resolver"
	"moongate/engine/zone"
)

// Group is the servers that a request may go to (ngx_http_upstream_srv_conf_t).
type Group struct {
	Name    string
	Written bool // as upstream{}, not by a URL
	At      syntax.Pos

	Port   uint16 // of a group made by a URL; 0 when it was not written
	NoPort bool

	Servers  []Server
	Accepts  Accepts
	Balancer Balancer // nil until Set.Open: round robin
	Keep     KeepAlive

	Zone            *zone.Zone
	Resolver        func() *resolver.Resolver // for servers with "resolve"
	ResolverTimeout time.Duration

	Peers *Peers // from Open on
	Pool  *Pool  // nil when connections are not kept

	// Owner is what the maker of a group that lives outside of any configuration keeps of it.
	Owner any
	unfit atomic.Bool

	// Watcher is the balancer, if it is one; from Open on.
	Watcher HeaderWatcher
}

// Accepts is which parameters of server the balancing method knows.
type Accepts uint16

const (
	AcceptWeight Accepts = 1 << iota
	AcceptMaxConns
	AcceptMaxFails
	AcceptFailTimeout
	AcceptDown
	AcceptBackup
	AcceptModify // names may be resolved at run time

	AcceptAll      = AcceptNoBackup | AcceptBackup
	AcceptNoBackup = AcceptWeight | AcceptMaxConns | AcceptMaxFails | AcceptFailTimeout | AcceptDown | AcceptModify
)

// KeepAlive is the keepalive directives of a group. A negative Max means that
// keepalive was not written.
type KeepAlive struct {
	Max      int
	Requests int
	Time     time.Duration
	Timeout  time.Duration
	Local    bool // connections are kept for the location that made them
}

// DefaultKeepAlive is what a group has unless told otherwise.
var DefaultKeepAlive = KeepAlive{Max: -1, Requests: 1000, Time: time.Hour, Timeout: 60 * time.Second}

// defaultKept is how many connections are kept when nobody says.
const defaultKept = 32

// openPool makes the pool. Groups that were not written as upstream{} have none
// (ngx_http_upstream_keepalive_init_main_conf).
func (g *Group) openPool() {
	k := g.Keep
	if !g.Written || k.Max == 0 {
		return
	}
	if k.Max < 0 {
		k.Max, k.Local = defaultKept, true
	}
	g.Pool = NewPool(k)
}
