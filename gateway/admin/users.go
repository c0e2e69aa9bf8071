package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"moongate/gateway/store"
)

// Bounds of users: all of them are one value of at most some hundred kilobytes.
const (
	maxUsers  = 256
	maxTokens = 16 // of one
)

// Users are people, each with a name, a role, perhaps a password, and tokens for what runs in
// their name. They are one value of a store.Cell, which the nodes of a store share: a
// change is made to the whole of it, so that no two of them can each remove one of the last
// two admins. They are no entities: those are in files that go round, in the history for
// good, in the memory of workers, and a rollback would bring back who was removed.
type Users struct {
	cell store.Cell
	last store.Cell // what the cell said last, for when it can't be reached; may be nil
	log  func(text string)

	mu  sync.Mutex // of who changes now
	now atomic.Pointer[roster]
}

// roster is all users at one moment. It never changes.
type roster struct {
	list   []*user
	tokens map[[sha256.Size]byte]*user
}

type user struct {
	ID       string      `json:"id"` // another one when a name is used again
	Name     string      `json:"name"`
	Role     string      `json:"role"`
	Password string      `json:"password,omitempty"` // hashed
	Changes  int         `json:"changes"`            // of the password
	Tokens   []userToken `json:"tokens,omitempty"`
	Created  int64       `json:"created_at"`
	Updated  int64       `json:"updated_at"`
}

type userToken struct {
	ID      string `json:"id"`
	Name    string `json:"name,omitempty"` // what it is for
	Digest  string `json:"digest"`
	Created int64  `json:"created_at"`
}

// Kinds of proofs that users give.
const (
	byPassword  = "password"
	byUserToken = "user token"
)

// OpenUsers is the users of a cell. One that is not this machine's own has a copy here: those
// of the copy count until Follow has read the cell, which may be away for long.
func OpenUsers(ctx context.Context, cell, last store.Cell, log func(text string)) *Users {
	u := &Users{cell: cell, last: last, log: log}
	if last == nil {
		if err := u.Refresh(ctx); err != nil {
			log("users of the Admin API: " + err.Error())
		}
		return u
	}
	b, _, err := last.Read(ctx)
	if err == nil && b != nil {
		var r *roster
		if r, err = parseRoster(b); err == nil {
			u.now.Store(r)
		}
	}
	if err != nil {
		log("the copy of the users of the Admin API: " + err.Error())
	}
	return u
}

// Follow takes what others write, until the context ends.
func (u *Users) Follow(ctx context.Context) {
	u.cell.Watch(ctx, func() {
		if err := u.Refresh(ctx); err != nil && ctx.Err() == nil {
			u.log("users of the Admin API, those before count on: " + err.Error())
		}
	})
}

// Refresh reads the users again.
func (u *Users) Refresh(ctx context.Context) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	_, _, err := u.read(ctx)
	return err
}

// read takes what the cell says, from the place of who changes.
func (u *Users) read(ctx context.Context) (*roster, uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	b, version, err := u.cell.Read(ctx)
	if err != nil {
		return nil, 0, err
	}
	r, err := parseRoster(b)
	if err != nil {
		return nil, 0, err
	}
	u.take(ctx, r, b)
	return r, version, nil
}

func (u *Users) take(ctx context.Context, r *roster, b []byte) {
	u.now.Store(r)
	if u.last == nil {
		return
	}
	had, version, err := u.last.Read(ctx)
	if err == nil && string(had) != string(b) {
		err = u.last.Write(ctx, b, version)
	}
	if err != nil {
		u.log("the copy of the users of the Admin API: " + err.Error())
	}
}

func parseRoster(b []byte) (*roster, error) {
	r := &roster{tokens: map[[sha256.Size]byte]*user{}}
	if len(b) == 0 {
		return r, nil
	}
	if err := json.Unmarshal(b, &r.list); err != nil {
		return nil, fmt.Errorf("the users can't be read: %w", err)
	}
	for _, one := range r.list {
		if one == nil {
			return nil, errors.New("the users can't be read: one is null")
		}
		if _, ok := parseRole(one.Role); !ok || one.ID == "" || one.Name == "" {
			return nil, fmt.Errorf("the users can't be read: of %q", one.Name)
		}
		for _, t := range one.Tokens {
			if b, err := hex.DecodeString(t.Digest); err == nil && len(b) == sha256.Size {
				r.tokens[[sha256.Size]byte(b)] = one
			}
		}
	}
	return r, nil
}

// known is the users now; nil: they could not be read yet.
func (u *Users) known() *roster {
	if u == nil {
		return new(roster)
	}
	return u.now.Load()
}

// find gives a user by name, nil if there is none.
func (r *roster) find(name string) *user {
	if r == nil {
		return nil
	}
	i := slices.IndexFunc(r.list, func(o *user) bool { return strings.EqualFold(o.Name, name) })
	if i < 0 {
		return nil
	}
	return r.list[i]
}

func (o *user) role() Role { r, _ := parseRole(o.Role); return r }

func (o *user) identity() Identity { return Identity{o.Name, o.role()} }

func (o *user) byPassword() proof {
	return proof{byPassword, o.Name, o.ID + " " + strconv.Itoa(o.Changes)}
}

func (o *user) byToken(t userToken) proof { return proof{byUserToken, o.Name, o.ID + " " + t.Digest} }

// token is whose token it is.
func (r *roster) token(token string) (who Identity, by proof, ok bool) {
	if r == nil {
		return who, by, false
	}
	sum := sha256.Sum256([]byte(token)) // a place in a table by it tells nothing of the token
	o := r.tokens[sum]
	if o == nil {
		return who, by, false
	}
	digest := hex.EncodeToString(sum[:])
	for _, t := range o.Tokens {
		if t.Digest == digest {
			return o.identity(), o.byToken(t), true
		}
	}
	return who, by, false
}

// holds is who a user's proof stands for now.
func (r *roster) holds(p proof) (who Identity, ok bool) {
	o := r.find(p.Name)
	if o == nil {
		return who, false
	}
	good := p == o.byPassword()
	for _, t := range o.Tokens {
		good = good || p == o.byToken(t)
	}
	return o.identity(), good
}

// change makes a change to all users: all of it or nothing. do may run more than once; it
// gets a roster of its own.
func (u *Users) change(ctx context.Context, do func(r *roster) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	u.mu.Lock()
	defer u.mu.Unlock()
	for {
		was, version, err := u.read(ctx)
		if err != nil {
			return noUsers(err)
		}
		next, err := was.with(do)
		if err != nil {
			return err
		}
		b, err := json.Marshal(next.list)
		if err != nil {
			return err
		}
		if err = u.cell.Write(ctx, b, version); err == nil {
			r, err := parseRoster(b)
			if err == nil {
				u.take(ctx, r, b)
			}
			return err
		}
		if !errors.Is(err, store.ErrConflict) {
			return noUsers(err)
		}
	}
}

// try is change without making it.
func (u *Users) try(do func(r *roster) error) error {
	was := u.known()
	if was == nil {
		return noUsers(errNotRead)
	}
	_, err := was.with(do)
	return err
}

var errNotRead = errors.New("they have not been read yet")

// with is a roster after a change. What holds of all users is judged here: nobody may lock
// everybody out. Admins of the file of tokens do not count, as that is each node's own, and
// a page does not know how to bring one back.
func (r *roster) with(do func(*roster) error) (*roster, error) {
	next := r.clone()
	if err := do(next); err != nil {
		return nil, err
	}
	if r.admins() > 0 && next.admins() == 0 {
		return nil, message(409, "the last admin who can log in must stay one")
	}
	return next, nil
}

func noUsers(err error) *reply {
	return message(503, "the users can't be reached: "+err.Error()).set("Retry-After", "1")
}

func (r *roster) clone() *roster {
	out := &roster{list: []*user{}}
	for _, o := range r.list {
		c := *o
		c.Tokens = slices.Clone(o.Tokens)
		out.list = append(out.list, &c)
	}
	return out
}

// admins counts those who can log in.
func (r *roster) admins() (n int) {
	for _, o := range r.list {
		if o.role() == Admin && (o.Password != "" || len(o.Tokens) > 0) {
			n++
		}
	}
	return n
}

func (o *user) touch(now time.Time) { o.Updated = now.Unix() }
