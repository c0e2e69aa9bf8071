package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// What a login may be.
const (
	maxLogin     = 8 << 10
	loginTimeout = 5 * time.Second // for the body: strangers may send it; and for its turn
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
	all := c.users.known()
	first := who.Role == Admin && c.Tokens != nil && all != nil && len(all.list) == 0
	return &Session{Name: who.Name, Role: who.Role.String(), FirstStart: first}
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
	given, a := c.credentials()
	if a != nil {
		return a
	}
	who, by, a := c.prove(given)
	if a != nil {
		return a
	}
	c.who = who
	if old := c.cookie(); old != "" {
		c.sessions.drop(old)
	}
	id, made := c.sessions.begin(by, who.Role, c.now)
	c.setCookie(id)
	c.note(cameIn, "", "by a "+by.Kind)
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
		c.note(wentOut, "", "logged out")
	}
	c.setCookie("")
	return &reply{status: 204}
}

// credentials reads the body of a login. It has to be JSON: a form on another page can't
// send that.
func (c *call) credentials() (*credentials, *reply) {
	var given credentials
	if a := c.readJSON(&given); a != nil {
		return nil, a
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

// readJSON reads a body that holds secrets: soon, of few bytes, and an error says nothing of
// what is in it.
func (c *call) readJSON(to any) *reply {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return message(415, "Unsupported media type")
	}
	http.NewResponseController(c.w).SetReadDeadline(c.start.Add(loginTimeout)) // not all have one
	b, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxLogin))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return message(413, "the body is too large")
	case err != nil:
		return unparsable("the body could not be read")
	}
	if !utf8.Valid(b) || strict(b, to) != nil {
		return unparsable("Cannot parse JSON body, or it has other fields than it may")
	}
	return nil
}

// strict takes a JSON text apart that has nothing but what is asked for, and ends there.
func strict(b []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("there is more behind it")
	}
	return nil
}

// prove tells who somebody is, and how that was shown. All that is wrong is answered alike,
// and takes as long.
func (c *call) prove(given *credentials) (who Identity, by proof, a *reply) {
	address, right := clientKey(c.r.RemoteAddr), false
	if given.Token == "" {
		who, by, right, a = c.byPassword(given, address)
	} else if a = c.fromAddress(address); a == nil {
		if who, by, right = c.findToken(given.Token); right {
			c.byAddress.undo(address)
		} else {
			c.refuse("", "a wrong token")
		}
	}
	if a == nil && !right {
		a = unauthorized("the login is not valid")
	}
	return who, by, a
}

func (c *call) fromAddress(address string) *reply {
	if wait := c.byAddress.try(address, c.now); wait > 0 {
		return tooMany(wait)
	}
	return nil
}

// byPassword proves a name. Where somebody has come in under it before, it is counted by
// itself: others who guess at the name, or from behind the same proxy, do not delay that.
func (c *call) byPassword(given *credentials, address string) (who Identity, by proof, right bool, a *reply) {
	all := c.users.known()
	if all == nil {
		return who, by, false, noUsers(errNotRead)
	}
	name, kept, o := "", "", all.find(given.Name)
	switch {
	case o != nil:
		name, kept = o.Name, o.Password // in whatever case it was typed
	case badName(given.Name) == "":
		name = strings.ToLower(given.Name)
	}
	key, known := name, c.familiar.has(name+" "+address)
	if known {
		key += " " + address
	} else if a := c.fromAddress(address); a != nil {
		return who, by, false, a
	}
	if wait := c.byName.try(key, c.now); wait > 0 {
		return who, by, false, tooMany(wait)
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), loginTimeout)
	defer cancel()
	right, err := c.passwords.check(ctx, given.Password, kept)
	switch {
	case err != nil:
		return who, by, false, c.failed(err)
	case !right && o != nil:
		c.refuse(o.Name, "a wrong name or password")
		return who, by, false, nil
	case !right:
		c.refuse("", "a wrong name or password")
		return who, by, false, nil
	}
	c.byName.right(key)
	if !known {
		c.byAddress.undo(address)
	}
	c.familiar.add(name + " " + address)
	return o.identity(), o.byPassword(), true, nil
}

// refuse notes a login that has failed. A name that is nobody's is not written down: it may
// be a password that was typed into the wrong field.
func (c *call) refuse(name, why string) {
	c.log("admin: " + why + " from " + clientKey(c.r.RemoteAddr))
	c.journal.note(Entry{Time: c.now, Event: refused, Who: name, From: c.from(), Why: why})
}

func tooMany(wait time.Duration) *reply {
	return message(429, "too many wrong logins").set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}
