package sessions

import (
	"errors"
	"strconv"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// Cookie is how a text lies with a client.
type Cookie struct {
	Name, Path, Domain, SameSite string
	HTTPOnly                     bool
	Secure                       *bool // nil: as the request is
	MaxAge                       int   // seconds; 0: until the browser ends
}

const (
	// mostCookie is what browsers take of a cookie, its name and attributes included.
	mostCookie = 4096
	mostParts  = 9
)

// ErrLong says that a text does not fit into cookies.
var ErrLong = errors.New("the session is too long for cookies; storage redis has room for it")

// Get is the text, "" without one. The first part says how many there are where there are
// several: what an older text has left behind is none of it.
func (c *Cookie) Get(r *httpd.Request) string {
	text, _ := r.Cookie(c.Name)
	count, first, parted := strings.Cut(text, ".")
	if !parted {
		return text
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 2 || n > mostParts {
		return ""
	}
	var b strings.Builder
	b.WriteString(first)
	for i := 1; i < n; i++ {
		part, ok := r.Cookie(c.part(i))
		if !ok {
			return ""
		}
		b.WriteString(part)
	}
	return b.String()
}

// part is the name of a part.
func (c *Cookie) part(i int) string {
	if i == 0 {
		return c.Name
	}
	return c.Name + strconv.Itoa(i+1)
}

// Set has the client keep a text, and forget the parts of a longer one.
func (c *Cookie) Set(x *plugin.Context, text string) error {
	end := c.attributes(x)
	room := mostCookie - len(c.Name) - len("9=9.") - len(end)
	n := (len(text) + room - 1) / room
	if n > mostParts {
		return ErrLong
	}
	for i := range mostParts {
		name := c.part(i)
		if i >= n {
			c.forget(x, i)
			continue
		}
		part := text[i*room : min(len(text), (i+1)*room)]
		if i == 0 && n > 1 {
			part = strconv.Itoa(n) + "." + part
		}
		c.add(x, name, part+end)
	}
	return nil
}

// Clear has the client forget it.
func (c *Cookie) Clear(x *plugin.Context) {
	for i := range mostParts {
		c.forget(x, i)
	}
}

// forget takes one part from a client that has it, or is about to get it.
func (c *Cookie) forget(x *plugin.Context, i int) {
	name := c.part(i)
	_, there := x.R.Cookie(name)
	if c.drop(x, name) || there {
		gone := *c
		gone.MaxAge = -1
		c.add(x, name, gone.attributes(x))
	}
}

// drop takes back what this answer says of a cookie.
func (c *Cookie) drop(x *plugin.Context, name string) (was bool) {
	list := x.R.Out.List
	for i := len(list) - 1; i >= 0; i-- {
		h := &list[i]
		if rest, ok := strings.CutPrefix(h.Value, name); ok && strings.HasPrefix(rest, "=") && http1.EqualFold(h.Name, "Set-Cookie") {
			list, was = append(list[:i], list[i+1:]...), true
		}
	}
	x.R.Out.List = list
	return was
}

func (c *Cookie) add(x *plugin.Context, name, rest string) {
	c.drop(x, name)
	x.R.Out.Add("Set-Cookie", name+"="+rest)
}

// attributes are what follows the value.
func (c *Cookie) attributes(x *plugin.Context) string {
	s := "; Path=" + c.Path
	if c.Domain != "" {
		s += "; Domain=" + c.Domain
	}
	if c.MaxAge < 0 {
		s += "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:01 GMT"
	} else if c.MaxAge > 0 {
		s += "; Max-Age=" + strconv.Itoa(c.MaxAge)
	}
	if c.SameSite != "Default" {
		s += "; SameSite=" + c.SameSite
	}
	if c.HTTPOnly {
		s += "; HttpOnly"
	}
	if c.Secure == nil && plugin.Scheme(x.R) == "https" || c.Secure != nil && *c.Secure {
		s += "; Secure"
	}
	return s
}

// Hide keeps the cookie from the service.
func (c *Cookie) Hide(r *httpd.Request) { hide(r, c.Name, c.is) }

// HideCookie does the same with one of any plugin's.
func HideCookie(r *httpd.Request, name string) {
	hide(r, name, func(n string) bool { return n == name })
}

// hide takes cookies away, all of which have name in their names.
func hide(r *httpd.Request, name string, is func(name string) bool) {
	list := r.In.List
	n := 0
	for i := range list {
		h := list[i]
		if h.ID == http1.Cookie && strings.Contains(h.Value, name) {
			if h.Value = without(h.Value, is); h.Value == "" {
				continue
			}
		}
		list[n] = h
		n++
	}
	r.In.List = list[:n]
}

func without(value string, is func(name string) bool) string {
	var keep []string
	for pair := range strings.SplitSeq(value, ";") {
		pair = strings.TrimSpace(pair)
		name, _, _ := strings.Cut(pair, "=")
		if pair != "" && !is(name) {
			keep = append(keep, pair)
		}
	}
	return strings.Join(keep, "; ")
}

// is tells whether a cookie is one of the parts.
func (c *Cookie) is(name string) bool {
	rest, ok := strings.CutPrefix(name, c.Name)
	return ok && (rest == "" || len(rest) == 1 && rest[0] >= '2' && rest[0] <= '9')
}
