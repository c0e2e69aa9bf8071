package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// What a login may be.
const (
	maxLogin     = 8 << 10
	maxPassword  = 1024
	loginTimeout = 5 * time.Second // for the body: strangers may send it
	maxLogins    = 32              // at once
)

// credentials are what POST /session takes: a token, or a name with its password.
type credentials struct {
	Token    string `json:"token"`
	Name     string `json:"name"`
	Password string `json:"password"`
}

// Session is what a page has to know of its session.
type Session struct {
	Name string `json:"name"`
	Role string `json:"role"`
	// CSRF is what requests that change something have to show as X-CSRF-Token; "" where
	// the session is no cookie's.
	CSRF      string   `json:"csrf"`
	ExpiresAt *float64 `json:"expires_at"` // if it is not used before; null: never
	// FirstStart says that there are no users yet, and the caller may make the first one.
	FirstStart bool `json:"first_start"`
}

func (c *call) sessionOf(who Identity) *Session {
	return &Session{Name: who.Name, Role: who.Role.String()}
}

func (s *Session) of(id string, o session) *Session {
	end := float64(o.end().UnixMilli()) / 1000
	s.CSRF, s.ExpiresAt = csrfOf(id), &end
	return s
}

// logIn is POST /session. It never goes on with a session that was there: whoever has put
// an id into somebody's browser does not know the new one.
func (c *call) logIn() *reply {
	if c.Tokens == nil {
		return ok(c.sessionOf(c.who))
	}
	given, err := c.credentials()
	if err != nil {
		return c.failed(err)
	}
	who, by, a := c.prove(given)
	if a != nil {
		return a
	}
	if old := c.cookie(); old != "" {
		c.sessions.drop(old)
	}
	id, made := c.sessions.begin(by, who.Role, c.now)
	c.setCookie(id)
	return ok(c.sessionOf(who).of(id, made))
}

// showSession is GET /session.
func (c *call) showSession() *reply {
	s := c.sessionOf(c.who)
	if c.session != "" {
		s.of(c.session, c.made)
	}
	return ok(s)
}

// logOut is DELETE /session.
func (c *call) logOut() *reply {
	if c.session != "" {
		c.sessions.drop(c.session)
	}
	c.setCookie("")
	return &reply{status: 204}
}

// credentials reads the body of a login. It has to be JSON: a form on another page can't
// send that.
func (c *call) credentials() (*credentials, error) {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, message(415, "Unsupported media type")
	}
	http.NewResponseController(c.w).SetReadDeadline(c.start.Add(loginTimeout)) // not all have one
	b, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxLogin))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, message(413, "the body is too large")
	case err != nil:
		return nil, unparsable("the body could not be read")
	}
	var given credentials
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&given); err != nil || d.More() {
		return nil, unparsable("Cannot parse JSON body") // and not what is wrong: it holds a secret
	}
	byName := given.Name != "" || given.Password != ""
	switch {
	case byName == (given.Token != ""):
		return nil, message(400, "give a token, or a name and a password")
	case byName && (given.Name == "" || given.Password == ""):
		return nil, message(400, "give a name and a password")
	case len(given.Password) > maxPassword:
		return nil, message(400, "the password is too long")
	}
	return &given, nil
}

// prove tells who somebody is, and how that was shown. All that is wrong is answered alike,
// and takes as long.
func (c *call) prove(given *credentials) (who Identity, by proof, a *reply) {
	address := clientKey(c.r.RemoteAddr)
	if wait := c.byAddress.try(address, c.now); wait > 0 {
		return who, by, tooMany(wait)
	}
	who, by, good := c.Tokens.find(given.Token)
	if !good {
		c.log("admin: wrong login from " + address)
		return who, by, unauthorized("the login is not valid")
	}
	c.byAddress.undo(address)
	return who, by, nil
}

func tooMany(wait time.Duration) *reply {
	return message(429, "too many wrong logins").set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}

// cookieName is that of the cookie with a session's id.
const cookieName = "moongate_session"

// cookie is the id that the request has. Of several, which other sites of this host may
// have added, none counts.
func (c *call) cookie() string {
	list := c.r.CookiesNamed(cookieName)
	if len(list) != 1 {
		return ""
	}
	return list[0].Value
}

// setCookie gives the browser an id, or with "" takes it away. It is for this host only, no
// script sees it, and no other site's page can have it sent. The browser sends it as long
// as it runs; when it ends is decided here.
func (c *call) setCookie(id string) {
	k := http.Cookie{Name: cookieName, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: c.encrypted()}
	if id == "" {
		k.MaxAge = -1
	}
	http.SetCookie(c.w, &k)
}

// encrypted tells whether the browser speaks TLS, to us or to a proxy before us: the page's
// origin, which it sends with what is not GET, says so.
func (c *call) encrypted() bool {
	return c.r.TLS != nil || strings.HasPrefix(c.r.Header.Get("Origin"), "https://")
}

// bySession is for requests without a token: the cookie says whose they are. One that is
// good no more is as none.
func (c *call) bySession() {
	id := c.cookie()
	if id == "" {
		return
	}
	if o, who, good := c.sessions.use(id, c.now, c.holds); good {
		c.session, c.made, c.who, c.by = id, o, who, o.By
	}
}

// ownPage refuses what a browser sends with its cookie and no page of ours has asked for.
// What only reads is left alone: pages elsewhere don't see the answer.
func (c *call) ownPage() *reply {
	switch {
	case c.session == "", c.r.Method == "GET", c.r.Method == "HEAD", c.r.Method == "OPTIONS":
		return nil
	case c.r.Method == "POST" && len(c.path) == 1 && c.path[0] == "session":
		return nil // it is authorised by what it says
	}
	if origin := c.r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host == "" || !strings.EqualFold(u.Host, c.r.Host) {
			return message(403, "requests of other sites' pages are refused")
		}
	}
	if !sameText(c.r.Header.Get("X-CSRF-Token"), csrfOf(c.session)) {
		return message(403, "a session's request needs its X-CSRF-Token")
	}
	return nil
}
