package admin

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"
)

// guard refuses what needs no look at the table: paths that are none, strangers'
// pages, and whoever shows no token. It notes who it is.
func (c *call) guard() *reply {
	var ok bool
	if c.path, ok = segments(c.r.URL); !ok {
		return message(400, "the path is not valid")
	}
	var err error
	if c.query, err = parseQuery(c.r.URL.RawQuery); err != nil {
		return message(400, err.Error())
	}
	if c.Tokens == nil && !loopbackHost(c.r.Host) {
		// A page elsewhere may have its name point to this machine.
		return message(403, "without tokens the API answers only to localhost")
	}
	if err := c.origin.Check(c.r); err != nil {
		return message(403, "requests of other sites' pages are refused")
	}
	if a := c.authenticate(); a != nil {
		return a
	}
	return c.ownPage()
}

const maxPath = 4096

// segments takes a path apart. A slash at the end says nothing.
func segments(u *url.URL) ([]string, bool) {
	path := u.EscapedPath()
	if len(path) > maxPath || !strings.HasPrefix(path, "/") {
		return nil, false
	}
	path = strings.TrimSuffix(path[1:], "/")
	if path == "" {
		return nil, true
	}
	list := strings.Split(path, "/")
	for i := range list {
		s, err := url.PathUnescape(list[i])
		if err != nil || s == "" || strings.ContainsRune(s, 0) {
			return nil, false
		}
		list[i] = s
	}
	return list, true
}

func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") || host == "" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// authenticate finds out who it is: by a token, or without one by the session of a page.
func (c *call) authenticate() *reply {
	if c.Tokens == nil {
		c.who = Identity{Name: "anonymous", Role: Admin}
		return nil
	}
	token := c.r.Header.Get("Kong-Admin-Token")
	if scheme, rest, found := strings.Cut(c.r.Header.Get("Authorization"), " "); found && token == "" && strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(rest)
	}
	if token == "" {
		c.bySession()
		return nil // nobody: only what asks for no role lets it pass
	}
	client := clientKey(c.r.RemoteAddr)
	if wait := c.throttle.wait(client, c.now); wait > 0 {
		return message(429, "too many wrong tokens").set("Retry-After", "1")
	}
	who, by, ok := c.findToken(token)
	if !ok {
		c.throttle.fail(client, c.now)
		c.refuse("", "a wrong token")
		return unauthorized("the token is not valid")
	}
	c.who, c.by = who, by
	return nil
}

// holds is who a proof stands for now, and whether it does.
func (h *Handler) holds(p proof) (Identity, bool) {
	switch {
	case h.Tokens == nil:
		return Identity{}, false
	case p.Kind == byToken:
		return h.Tokens.holds(p)
	}
	return h.users.known().holds(p)
}

// findToken is whose token one is: the file's, or a user's.
func (h *Handler) findToken(token string) (who Identity, by proof, ok bool) {
	if who, by, ok = h.Tokens.find(token); ok {
		return who, by, ok
	}
	return h.users.known().token(token)
}

// attend ends what a request goes on doing, a stream above all, when the caller's token or
// session is good no more. While it goes on, its session is used.
func (c *call) attend() (stop func()) {
	if c.by == (proof{}) || c.r.Method != http.MethodGet {
		return func() {}
	}
	ctx, cancel := context.WithCancel(c.r.Context())
	c.r = c.r.WithContext(ctx)
	var look *time.Timer
	var mu sync.Mutex
	mu.Lock() // until look is there
	defer mu.Unlock()
	look = time.AfterFunc(c.attention, func() {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil {
			return
		}
		who, good := c.holds(c.by)
		if c.session != "" {
			_, who, good = c.sessions.use(c.session, c.clock(), c.holds)
		}
		if !good || who.Role != c.who.Role {
			cancel()
			return
		}
		look.Reset(c.attention)
	})
	return func() {
		cancel()
		mu.Lock()
		defer mu.Unlock()
		look.Stop()
	}
}

func unauthorized(text string) *reply {
	return message(401, text).set("WWW-Authenticate", `Bearer realm="moongate"`)
}

// allowed says nothing when the caller may do what asks for a role.
func (c *call) allowed(need Role) *reply {
	switch {
	case c.who.Role >= need:
		return nil
	case c.who.Role == None:
		return unauthorized("Unauthorized")
	}
	return message(403, "role "+c.who.Role.String()+" may not do this, it needs "+need.String())
}

// throttle makes guessing slow: a client has ten wrong tokens, and one more each
// second. It remembers a bounded number of clients.
type throttle struct {
	mu      sync.Mutex
	clients map[string]bucket
	swept   time.Time
}

type bucket struct {
	wrong float64
	at    time.Time
}

const (
	wrongBurst   = 10
	maxThrottled = 4096
)

func (b bucket) now(t time.Time) float64 { return max(0, b.wrong-t.Sub(b.at).Seconds()) }

// wait is how long a client must still wait, or 0.
func (t *throttle) wait(client string, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	over := t.clients[client].now(now) - wrongBurst + 1
	return time.Duration(max(0, over) * float64(time.Second))
}

func (t *throttle) fail(client string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.clients == nil {
		t.clients = map[string]bucket{}
	}
	if len(t.clients) >= maxThrottled && now.Sub(t.swept) >= time.Second {
		t.swept = now
		for k, b := range t.clients {
			if b.now(now) == 0 {
				delete(t.clients, k)
			}
		}
	}
	if _, there := t.clients[client]; !there && len(t.clients) >= maxThrottled {
		client = "" // all others together
	}
	t.clients[client] = bucket{t.clients[client].now(now) + 1, now}
}

// clientKey is the address that counts: an IPv6 network is one client.
func clientKey(remote string) string {
	addr, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	ip := addr.Addr().Unmap()
	if ip.Is6() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// enter takes one of the places of a channel, or says that there is none.
func enter(places chan struct{}) (leave func(), ok bool) {
	select {
	case places <- struct{}{}:
		return sync.OnceFunc(func() { <-places }), true
	default:
		return nil, false
	}
}

// enter is for each request; those who follow a stream stay long and have places of their
// own, and so have those who log in.
func (c *call) enter() (leave func(), ok bool) {
	if len(c.path) == 1 {
		switch c.path[0] {
		case "events":
			return enter(c.streams)
		case "live":
			return enter(c.watchers)
		case "session":
			if c.r.Method == http.MethodPost {
				return enter(c.logins) // strangers may fill these
			}
		case "logs":
			return enter(c.tails)
		}
	}
	return enter(c.slots)
}

// place is one of the few for what needs much memory.
func (c *call) place() (leave func(), err error) {
	leave, free := enter(c.bulky)
	if !free {
		return nil, busy()
	}
	return leave, nil
}

func busy() *reply {
	return message(http.StatusServiceUnavailable, "too many requests at once").set("Retry-After", "1")
}
