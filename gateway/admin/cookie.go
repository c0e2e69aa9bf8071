package admin

import (
	"net/http"
	"net/url"
	"strings"
)

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
