package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"moongate/gateway/entity"
)

// UserShown is a user as the API shows it: without anything that is secret.
type UserShown struct {
	Name      string       `json:"name"`
	Role      string       `json:"role"`
	Password  bool         `json:"has_password"`
	Tokens    []TokenShown `json:"tokens"`
	CreatedAt int64        `json:"created_at"`
	UpdatedAt int64        `json:"updated_at"`
}

// TokenShown is a user's token. Token itself is there once, when it is made.
type TokenShown struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	CreatedAt int64  `json:"created_at"`
	Token     string `json:"token,omitempty"`
}

func (o *user) shown() *UserShown {
	s := &UserShown{o.Name, o.Role, o.Password != "", []TokenShown{}, o.Created, o.Updated}
	for _, t := range o.Tokens {
		s.Tokens = append(s.Tokens, TokenShown{ID: t.ID, Name: t.Name, CreatedAt: t.Created})
	}
	return s
}

// userWish is what POST and PATCH take.
type userWish struct {
	Name     *string `json:"name"`
	Role     *string `json:"role"`
	Password *string `json:"password"`
	// NoPassword is set by "password": null, which takes it away.
	NoPassword bool `json:"-"`
}

// UnmarshalJSON tells null apart from what is not there.
func (u *userWish) UnmarshalJSON(b []byte) error {
	type plain userWish
	if err := strict(b, (*plain)(u)); err != nil {
		return err
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	u.NoPassword = string(all["password"]) == "null"
	return nil
}

// judge says what is wrong with a wish, in Kong's form.
func (u *userWish) judge(name string) *reply {
	wrong := map[string]any{}
	if text := badName(name); text != "" {
		wrong["name"] = text
	}
	if u.Role != nil {
		if _, ok := parseRole(*u.Role); !ok {
			wrong["role"] = "expected one of: viewer, operator, admin"
		}
	}
	if u.Password != nil {
		if text := badPassword(*u.Password, name); text != "" {
			wrong["password"] = text
		}
	}
	return violation(wrong)
}

func violation(wrong map[string]any) *reply {
	if len(wrong) == 0 {
		return nil
	}
	texts := []string{}
	for field, text := range wrong {
		texts = append(texts, field+": "+text.(string))
	}
	slices.Sort(texts)
	return &reply{status: 400, body: map[string]any{"code": 2, "name": "schema violation", "message": "schema violation (" + strings.Join(texts, "; ") + ")", "fields": wrong}}
}

func (c *call) listUsers() *reply {
	data := []any{}
	for _, o := range c.users.known().sorted() {
		data = append(data, o.shown())
	}
	return ok(map[string]any{"data": data, "next": nil})
}

func (r *roster) sorted() []*user {
	if r == nil {
		return nil
	}
	return slices.SortedFunc(slices.Values(r.list), func(a, b *user) int { return strings.Compare(a.Name, b.Name) })
}

func (c *call) showUser() *reply {
	o := c.users.known().find(c.path[1])
	if o == nil {
		return notFound()
	}
	return ok(o.shown())
}

func (c *call) makeUser() *reply {
	var wish userWish
	if a := c.readJSON(&wish); a != nil {
		return a
	}
	switch {
	case wish.Name == nil:
		return violation(map[string]any{"name": "required field missing"})
	case wish.Role == nil:
		return violation(map[string]any{"role": "required field missing"})
	}
	if a := wish.judge(*wish.Name); a != nil {
		return a
	}
	hash, err := c.hashed(wish.Password)
	if err != nil {
		return c.failed(err)
	}
	made := &user{ID: entity.NewID(), Name: *wish.Name, Role: *wish.Role, Password: hash, Created: c.now.Unix(), Updated: c.now.Unix()}
	return c.changeUsers(userMade, "made a user of role "+made.Role, made.Name, func(r *roster) (*reply, error) {
		switch {
		case r.find(made.Name) != nil:
			return nil, &reply{status: 409, body: map[string]any{"code": 5, "name": "unique constraint violation", "message": "there is a user of this name already", "fields": map[string]any{"name": made.Name}}}
		case len(r.list) >= maxUsers:
			return nil, message(409, "there are as many users as there may be")
		}
		r.list = append(r.list, made)
		return &reply{status: 201, body: made.shown()}, nil
	})
}

func (c *call) changeUser() *reply {
	var wish userWish
	if a := c.readJSON(&wish); a != nil {
		return a
	}
	name := c.path[1]
	if wish.Name != nil && *wish.Name != name {
		return violation(map[string]any{"name": "a user keeps its name: the history tells of it"})
	}
	if a := wish.judge(name); a != nil {
		return a
	}
	hash, err := c.hashed(wish.Password)
	if err != nil {
		return c.failed(err)
	}
	return c.changeUsers(userChanged, wish.told(), name, func(r *roster) (*reply, error) {
		o := r.find(name)
		if o == nil {
			return nil, notFound()
		}
		if wish.Role != nil {
			o.Role = *wish.Role
		}
		if hash != "" || wish.NoPassword {
			o.setPassword(hash)
		}
		o.touch(c.now)
		return ok(o.shown()), nil
	})
}

// passwordWish is what PUT /session/password takes.
type passwordWish struct {
	Password    string `json:"password"`
	NewPassword string `json:"new_password"`
}

// changeOwnPassword is for everybody: nobody else need know it. The old one is asked for, as
// a page may have been left open; a session goes on as another one, and the user's others end.
func (c *call) changeOwnPassword() *reply {
	var wish passwordWish
	if a := c.readJSON(&wish); a != nil {
		return a
	}
	if c.by.Kind != byPassword && c.by.Kind != byUserToken {
		return message(409, "only users have passwords")
	}
	if text := badPassword(wish.NewPassword, c.who.Name); text != "" {
		return violation(map[string]any{"new_password": text})
	}
	if _, _, a := c.prove(&credentials{Name: c.who.Name, Password: wish.Password}); a != nil {
		if a.status == 401 { // which would say that the session is none
			return violation(map[string]any{"password": "it is not the one so far"})
		}
		return a
	}
	hash, err := c.hashed(&wish.NewPassword)
	if err != nil {
		return c.failed(err)
	}
	var o *user
	a := c.changeUsers(userChanged, "another password", c.who.Name, func(r *roster) (*reply, error) {
		if o = r.find(c.who.Name); o == nil {
			return nil, notFound()
		}
		o.setPassword(hash)
		o.touch(c.now)
		return ok(nil), nil
	})
	if a.status != 200 || c.query.on("dry_run") {
		return a
	}
	s := c.sessionOf(c.who)
	if c.session != "" {
		c.sessions.drop(c.session)
		id, made := c.sessions.begin(o.byPassword(), o.role(), c.now)
		c.setCookie(id)
		s.of(id, made)
	}
	return ok(s)
}

func (o *user) setPassword(hash string) { o.Password, o.Changes = hash, o.Changes+1 }

// told is what a change of a user was, for the journal.
func (u *userWish) told() string {
	var list []string
	if u.Role != nil {
		list = append(list, "role "+*u.Role)
	}
	if u.Password != nil {
		list = append(list, "another password")
	}
	if u.NoPassword {
		list = append(list, "no password")
	}
	if list == nil {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

func (c *call) removeUser() *reply {
	name := c.path[1]
	return c.changeUsers(userRemoved, "removed", name, func(r *roster) (*reply, error) {
		o := r.find(name)
		if o == nil {
			return nil, notFound()
		}
		r.list = slices.DeleteFunc(r.list, func(other *user) bool { return other == o })
		return &reply{status: 204}, nil
	})
}

// tokenWish is what POST /users/{name}/tokens takes.
type tokenWish struct {
	Name string `json:"name"`
}

func (c *call) makeToken() *reply {
	var wish tokenWish
	if a := c.readJSON(&wish); a != nil {
		return a
	}
	if wish.Name != "" {
		if text := badName(wish.Name); text != "" {
			return violation(map[string]any{"name": text})
		}
	}
	token := newToken()
	sum := sha256.Sum256([]byte(token))
	made := userToken{entity.NewID(), wish.Name, hex.EncodeToString(sum[:]), c.now.Unix()}
	return c.changeUsers(tokenMade, "made a token "+made.ID, c.path[1], func(r *roster) (*reply, error) {
		o := r.find(c.path[1])
		switch {
		case o == nil:
			return nil, notFound()
		case len(o.Tokens) >= maxTokens:
			return nil, message(409, "the user has as many tokens as one may have")
		}
		o.Tokens = append(o.Tokens, made)
		return &reply{status: 201, body: TokenShown{made.ID, made.Name, made.Created, token}}, nil
	})
}

func (c *call) removeToken() *reply {
	id := c.path[3]
	return c.changeUsers(tokenRemoved, "removed a token "+id, c.path[1], func(r *roster) (*reply, error) {
		o := r.find(c.path[1])
		if o == nil || !slices.ContainsFunc(o.Tokens, func(t userToken) bool { return t.ID == id }) {
			return nil, notFound()
		}
		o.Tokens = slices.DeleteFunc(o.Tokens, func(t userToken) bool { return t.ID == id })
		return &reply{status: 204}, nil
	})
}

// changeUsers makes a change and notes it, or only tries it.
func (c *call) changeUsers(event, why, about string, do func(r *roster) (*reply, error)) *reply {
	var a *reply
	run := func(r *roster) (err error) {
		a, err = do(r)
		return err
	}
	if c.query.on("dry_run") {
		if err := c.users.try(run); err != nil {
			return c.failed(err)
		}
		return ok(map[string]any{"dry_run": true, "changes": []any{}})
	}
	leave, free := enter(c.writers)
	if !free {
		return busy()
	}
	defer leave()
	if err := c.users.change(c.r.Context(), run); err != nil {
		return c.failed(err)
	}
	c.note(event, about, why)
	return a
}

func (c *call) hashed(password *string) (string, error) {
	if password == nil {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), loginTimeout)
	defer cancel()
	return c.passwords.hash(ctx, *password)
}
