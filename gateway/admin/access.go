package admin

import (
	"context"
	"sync"
	"time"

	"moongate/gateway/store/cell"
)

// Who may use the API: the part of the table, and what the OpenAPI document says of it.

// gate is what the API knows of those who come in.
type gate struct {
	sessions          *Sessions
	users             *Users
	passwords         *passwords
	journal           *Journal
	byAddress, byName delays // logins
	familiar          familiar
	logins            chan struct{} // those at /session
	clock             func() time.Time
	attention         time.Duration // how often streams look whether their caller still may
}

// open makes what nobody has given, to be forgotten with the process.
func (g *gate) open(o Options, log func(text string)) {
	g.sessions, g.users, g.journal = o.Sessions, o.Users, o.Journal
	if g.sessions == nil {
		g.sessions = OpenSessions("", time.Time{}, log)
	}
	if g.users == nil {
		g.users = OpenUsers(context.Background(), new(cell.Memory), nil, log)
	}
	if g.journal == nil {
		g.journal = OpenJournal("", log)
	}
	g.passwords, g.logins = newPasswords(usualCost), make(chan struct{}, maxLogins)
	g.byAddress.free, g.byAddress.most = freeOfAddress, mostOfAddress
	g.byName.free, g.byName.most = freeOfName, mostOfName
	g.clock, g.attention = time.Now, 5*time.Second
}

// Follow takes what others change in who may use the API, and keeps the sessions' file, until
// the context ends.
func (h *Handler) Follow(ctx context.Context, notice func(text string)) {
	if h.Tokens == nil {
		return
	}
	var all sync.WaitGroup
	all.Go(func() { h.Tokens.Follow(ctx, time.Second, notice) })
	all.Go(func() { h.sessions.Keep(ctx, 10*time.Second) })
	all.Go(func() { h.users.Follow(ctx) })
	all.Wait()
}

func accessEndpoints() []endpoint {
	admins := map[string]Role{"GET": Admin, "POST": Admin, "PATCH": Admin, "DELETE": Admin}
	return []endpoint{
		{"/session", methods{"GET": (*call).showSession, "POST": (*call).logIn, "DELETE": (*call).logOut}, map[string]Role{"POST": None, "DELETE": Viewer}},
		{"/session/password", methods{"PUT": (*call).changeOwnPassword}, map[string]Role{"PUT": Viewer}},
		{"/users", methods{"GET": (*call).listUsers, "POST": (*call).makeUser}, admins},
		{"/users/{user}", methods{"GET": (*call).showUser, "PATCH": (*call).changeUser, "DELETE": (*call).removeUser}, admins},
		{"/users/{user}/tokens", methods{"POST": (*call).makeToken}, admins},
		{"/users/{user}/tokens/{token}", methods{"DELETE": (*call).removeToken}, admins},
		{"/roles", methods{"GET": (*call).listRoles}, nil},
	}
}

func accessUsages() map[string]usage {
	onlyJSON := []string{"application/json"}
	gone := map[int]result{204: {doc: "It is not there any more."}, 200: {doc: "Of a dry run.", body: refTo("dry-run")}}
	made := func(body js) map[int]result {
		return map[int]result{201: {body: body}, 200: {doc: "Of a dry run.", body: refTo("dry-run")}}
	}
	list := func(of js) js { return record("data", listOf(of), "next", typed("null")) }
	return map[string]usage{
		"POST /session": {doc: "Logs in: by a token, or by a name and its password. The session is a cookie, which no script sees; what changes something shows csrf besides, as X-CSRF-Token.",
			body: typeOf[credentials](true), bodies: onlyJSON, gives: gives(200, refTo("session"))},
		"GET /session":    {doc: "Whose session it is, or token, and until when.", gives: gives(200, refTo("session"))},
		"DELETE /session": {doc: "Logs out: the session's id is of no use any more.", gives: map[int]result{204: {doc: "It has ended."}}},
		"PUT /session/password": {doc: "Changes the caller's own password. All sessions of the user end; the one that asks goes on as another one.", body: typeOf[passwordWish](true), bodies: onlyJSON, own: true,
			gives: gives(200, either(refTo("session"), refTo("dry-run")))},
		"GET /users":        {doc: "Lists users. Those of the file of tokens are not among them.", gives: gives(200, list(refTo("user")))},
		"POST /users":       {doc: "Makes a user, with a password or for tokens only.", body: refTo("user-new"), bodies: onlyJSON, own: true, gives: made(refTo("user"))},
		"GET /users/{user}": {doc: "Shows one user.", gives: gives(200, refTo("user"))},
		"PATCH /users/{user}": {doc: "Gives a user another role or password. Its sessions end. The last admin who can log in stays one.", body: refTo("user-patch"), bodies: onlyJSON, own: true,
			gives: gives(200, either(refTo("user"), refTo("dry-run")))},
		"DELETE /users/{user}":                {doc: "Removes a user. Its sessions and tokens end. The last admin who can log in stays.", own: true, gives: gone},
		"POST /users/{user}/tokens":           {doc: "Makes a token for what runs in a user's name. It is shown this one time.", body: typeOf[tokenWish](true), bodies: onlyJSON, own: true, gives: made(refTo("user-token"))},
		"DELETE /users/{user}/tokens/{token}": {doc: "Removes a token.", own: true, gives: gone},
		"GET /roles":                          {doc: "What each role may do.", gives: gives(200, record("data", listOf(typeOf[RoleShown](false))))},
	}
}

func accessShapes() js {
	role := func() js { return oneOf("viewer", "operator", "admin") }
	name := func() js {
		return doc("Letters, digits and . _ - @ +", js{"type": "string", "minLength": 1, "maxLength": maxName})
	}
	password := js{"type": []any{"string", "null"}, "minLength": leastPassword, "maxLength": maxPassword, "description": "Only a hash of it is kept; null: no password."}
	return js{
		"session":    doc("What a page has to know of its session. expires_at: when it ends if it is not used before; null: never. first_start: there are no users yet.", typeOf[Session](false)),
		"user":       typeOf[UserShown](false),
		"user-token": typeOf[TokenShown](false),
		"user-new":   record("name", name(), "role", role(), "?password", password),
		"user-patch": record("?name", name(), "?role", role(), "?password", password),
	}
}
