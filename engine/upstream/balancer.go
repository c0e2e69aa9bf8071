package upstream

import (
	"net/netip"
	"strings"
	"time"

	"moongate/engine/certs"
	"moongate/engine/resolver"
)

// Balancer chooses peers for requests. One object serves a whole group; what
// belongs to a request is in its Choice. A balancer may wait, as Lua does.
type Balancer interface {
	// Open is called in each process that serves, when the peers are known.
	Open(g *Group) error
	// Begin starts a request's choosing (peer.init of nginx); false fails it.
	Begin(c *Choice) bool
	// Pick chooses the peer of the next try (peer.get).
	Pick(c *Choice) Verdict
	// Free ends a try (peer.free).
	Free(c *Choice, o Outcome)
}

// HeaderWatcher is a Balancer that is told when the header of a response has come
// which will go to the client (peer.notify).
type HeaderWatcher interface {
	HeaderCame(c *Choice)
}

// Verdict is what a Pick came to.
type Verdict uint8

const (
	Picked  Verdict = iota
	NoLive          // no live upstreams
	Refused         // as if connecting had failed: the next try, if there is one
	Broken          // the request can't be served: 500
	Ended           // the request is answered with Choice.Status
)

// Outcome is how a try went.
type Outcome uint8

const (
	Good   Outcome = iota
	Failed         // counts against the peer
	Next           // another peer is asked, but this one is not to blame
)

// Choice is one request's way through the peers of a group. It is part of the
// request's upstream state and costs no allocation.
type Choice struct {
	Group   *Group
	Request any        // the engine's request, for keys and Lua
	Client  netip.Addr // for ip_hash; invalid when it has none

	// Tries is how many tries are left. Begin sets it, Free counts it down.
	Tries int
	// MaxTries is proxy_next_upstream_tries, for balancers that raise Tries; 0 for no bound.
	MaxTries int

	// What Pick has chosen.
	Addr    *resolver.Address
	Name    string // for logs and $upstream_addr
	Peer    *Peer  // nil when a balancer named an address
	Session *certs.Session
	Status  int // of Ended

	// Disabled is set by Free when the peer has failed too often and is left
	// alone for a while: upstream server temporarily disabled.
	Disabled bool

	// What a balancer may say besides; zero values leave all as it is. They stay
	// for the tries that follow.
	ConnectTimeout, SendTimeout, ReadTimeout time.Duration
	Recreate                                 bool // the request is made anew for this try
	Own                                      *Own // nil for balancers that choose among the group's peers

	// How the try before ended, for balancers that ask: Good when there was none.
	LastOutcome Outcome
	LastStatus  int

	// Hint is the SID of the peer that the request should go to, while Pick runs.
	Hint string

	// How long the peer took, in milliseconds; -1: there was no header. Set before
	// HeaderCame and Free.
	HeaderTime, ResponseTime int64

	// For balancers.
	Peers    *Peers
	Key      string
	Hash     uint32
	Rehash   uint32
	Attempts int
	Data     any    // of balancers from elsewhere
	Sticky   string // what a client brings to be recognised
	Cookie   int    // of sticky in the answer's header: its place, plus one
	Waiting  bool   // least_time counts the request as being on its way

	config uint32
	tried  uint64
	more   []uint64 // tried, beyond 64 peers
	own    resolver.Address
}

// Own is what a balancer that names addresses of its own says of the connection.
type Own struct {
	Bind netip.AddrPort // in place of proxy_bind; invalid to leave it
	TLS  TLS
	Host string // the name for TLS, and connections in the pool are kept apart by it

	// Pool is where idle connections come from and go to, in place of the group's; for how
	// many requests (0: any number), and how long they may be idle.
	Pool     *Pool
	Requests int
	Timeout  time.Duration
}

// TLS is whether the connection is one.
type TLS uint8

const (
	AsConfigured TLS = iota
	Plain
	Secure
)

// Start makes the choice fresh for a request.
func (c *Choice) Start(g *Group, request any, client netip.Addr) bool {
	more := c.more
	*c = Choice{Group: g, Request: request, Client: client, more: more}
	if g == nil {
		return true
	}
	return g.Balancer.Begin(c)
}

// SetCurrentPeer makes the choice an address that need not be one of the group's
// peers (ngx.balancer's set_current_peer). host is an address, with brackets if
// it is IPv6, with or without a port, or unix:/path.
func (c *Choice) SetCurrentPeer(host string, port uint16) error {
	u, err := resolver.ParseURL(host, resolver.URLOptions{DefaultPort: port, NoResolve: true})
	if err != nil {
		return err
	}
	if len(u.Addrs) == 0 {
		return errNoAddress
	}
	a := u.Addrs[0]
	a.Name = strings.Clone(a.Name)
	a.Path = strings.Clone(a.Path)
	c.own = a
	c.Addr, c.Name, c.Peer, c.Session = &c.own, a.Name, nil, nil
	return nil
}

type noAddress struct{}

func (noAddress) Error() string { return "no host allowed" }

var errNoAddress error = noAddress{}

// Release forgets what the choice points to, before it goes back to a pool.
func (c *Choice) Release() {
	more := c.more
	*c = Choice{more: more}
}
