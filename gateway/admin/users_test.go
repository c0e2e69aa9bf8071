package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"moongate/gateway/store/cell"
)

const goodPassword = "correct horse"

func (w *world) user(name, role string) {
	w.t.Helper()
	w.must(201, "POST", "/users", fmt.Sprintf(`{"name":%q,"role":%q,"password":%q}`, name, role, goodPassword))
}

func (w *world) enter(name, password string, header ...string) (*page, *httptest.ResponseRecorder) {
	return w.login(fmt.Sprintf(`{"name":%q,"password":%q}`, name, password), header...)
}

func (w *world) userPage(name string) *page {
	w.t.Helper()
	p, rec := w.enter(name, goodPassword)
	if rec.Code != 200 {
		w.t.Fatalf("%s: %d %s", name, rec.Code, rec.Body)
	}
	return p
}

// The first start: the printed token logs in, and is told to make the first user.
func TestFirstStart(t *testing.T) {
	w := newWorld(t)
	first := func(p *page) any { return object(t, p.send("GET", "/session", "").Body.String())["first_start"] }
	if p := w.page(Viewer); first(p) != false {
		t.Error("a viewer is to make the first user")
	}
	p := w.page(Admin)
	if first(p) != true {
		t.Error("nobody is told of the first start")
	}
	rec := p.send("POST", "/users", `{"name":"Ada","role":"admin","password":"correct horse"}`)
	if rec.Code != 201 || strings.Contains(rec.Body.String(), "argon2") || strings.Contains(rec.Body.String(), "correct") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if first(p) != false {
		t.Error("it is no first start any more")
	}
	ada := w.userPage("ada") // in whatever case
	if s := object(t, ada.send("GET", "/session", "").Body.String()); s["name"] != "Ada" || s["role"] != "admin" || s["first_start"] != false {
		t.Errorf("%v", s)
	}
}

func TestUsers(t *testing.T) {
	w := newWorld(t)
	w.user("ada", "admin")
	w.user("bob", "viewer")
	for _, c := range []struct {
		status             int
		method, path, body string
	}{
		{409, "POST", "/users", `{"name":"BOB","role":"viewer"}`},
		{400, "POST", "/users", `{"name":"eve"}`},
		{400, "POST", "/users", `{"role":"viewer"}`},
		{400, "POST", "/users", `{"name":"eve","role":"root"}`},
		{400, "POST", "/users", `{"name":"e ve","role":"viewer"}`},
		{400, "POST", "/users", `{"name":"e\u001bve","role":"viewer"}`},
		{400, "POST", "/users", `{"name":"","role":"viewer"}`},
		{400, "POST", "/users", `{"name":"` + strings.Repeat("e", maxName+1) + `","role":"viewer"}`},
		{400, "POST", "/users", `{"name":"eve","role":"viewer","password":"short"}`},
		{400, "POST", "/users", `{"name":"eve-is-here","role":"viewer","password":"Eve-is-here"}`},
		{400, "POST", "/users", `{"name":"eve","role":"viewer","password":"aaaaaaaaaaaa"}`},
		{400, "POST", "/users", `{"name":"eve","role":"viewer","password":"` + strings.Repeat("ab", maxPassword) + `"}`},
		{400, "POST", "/users", `{"name":"eve","role":"viewer","changes":5}`},
		{400, "POST", "/users", `[]`},
		{413, "POST", "/users", `{"name":"` + strings.Repeat("e", maxLogin) + `"}`},
		{415, "POST", "/users", `name=eve&role=viewer`},
		{201, "POST", "/users", `{"name":"张三","role":"operator","password":null}`},
		{200, "GET", "/users/%E5%BC%A0%E4%B8%89", ""},
		{404, "GET", "/users/eve", ""},
		{404, "PATCH", "/users/eve", `{"role":"viewer"}`},
		{404, "DELETE", "/users/eve", ""},
		{404, "POST", "/users/eve/tokens", `{}`},
		{404, "DELETE", "/users/bob/tokens/x", ""},
		{405, "PUT", "/users/bob", `{"role":"admin"}`},
		{400, "PATCH", "/users/bob", `{"name":"rob"}`},
		{400, "PATCH", "/users/bob", `{"role":"none"}`},
		{200, "PATCH", "/users/bob?dry_run=1", `{"role":"operator"}`},
		{200, "DELETE", "/users/bob?dry_run=1", ""},
		{200, "PATCH", "/users/bob", `{}`},
	} {
		if rec := w.send(Admin, c.method, c.path, c.body); rec.Code != c.status {
			t.Errorf("%s %s %.80s: %d %s", c.method, c.path, c.body, rec.Code, rec.Body)
		}
	}
	equal(t, "bob", w.send(Admin, "GET", "/users/bob", "").Body.String(), fmt.Sprintf(
		`{"name":"bob","role":"viewer","has_password":true,"tokens":[],"created_at":%v,"updated_at":%[1]v}`, w.must(200, "GET", "/users/bob", "")["created_at"]))
	if list := w.must(200, "GET", "/users", "")["data"].([]any); len(list) != 3 {
		t.Errorf("%v", list)
	}
	kept, _, _ := w.users.Read(t.Context())
	if strings.Contains(string(kept), goodPassword) || !strings.Contains(string(kept), "$argon2id$v=19$") {
		t.Errorf("%s", kept)
	}
	if list := w.must(200, "GET", "/roles", "")["data"].([]any); len(list) != 3 || len(list[2].(map[string]any)["may"].([]any)) != 8 {
		t.Errorf("%v", list)
	}
}

// What becomes of a user's sessions and tokens when somebody changes the user.
func TestUserChanges(t *testing.T) {
	w := newWorld(t)
	w.user("ada", "admin")
	for _, c := range []struct {
		method, path, body string
		session, token     int // afterwards
	}{
		{"PATCH", "/users/bob", `{}`, 200, 200},
		{"PATCH", "/users/bob", `{"role":"viewer"}`, 200, 200}, // as it was
		{"PATCH", "/users/bob", `{"role":"operator"}`, 401, 200},
		{"PATCH", "/users/bob", `{"password":"another horse"}`, 401, 200},
		{"PATCH", "/users/bob", `{"password":null}`, 401, 200},
		{"DELETE", "/users/bob", ``, 401, 401},
	} {
		w.user("bob", "viewer")
		made := w.must(201, "POST", "/users/bob/tokens", `{"name":"ci"}`)
		token := made["token"].(string)
		p := w.userPage("bob")
		tokenPage, rec := w.login(`{"token":"` + token + `"}`)
		if rec.Code != 200 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		if code := p.send("GET", "/services", "").Code; code != 200 {
			t.Fatalf("before: %d", code)
		}
		w.send(Admin, c.method, c.path, c.body)
		if code := p.send("GET", "/services", "").Code; code != c.session {
			t.Errorf("%s %s: the session: %d", c.method, c.body, code)
		}
		if code := w.send(None, "GET", "/services", "", "Kong-Admin-Token", token).Code; code != c.token {
			t.Errorf("%s %s: the token: %d", c.method, c.body, code)
		}
		roleIs := strings.Contains(c.body, "operator")
		if code := tokenPage.send("GET", "/services", "").Code; (code == 200) != (c.token == 200 && !roleIs) {
			t.Errorf("%s %s: the token's session: %d", c.method, c.body, code)
		}
		if c.token == 200 {
			w.must(204, "DELETE", "/users/bob/tokens/"+made["id"].(string), "")
			if code := w.send(None, "GET", "/services", "", "Kong-Admin-Token", token).Code; code != 401 {
				t.Errorf("the token that was removed: %d", code)
			}
			if code := tokenPage.send("GET", "/services", "").Code; code != 401 {
				t.Errorf("the session of the token that was removed: %d", code)
			}
			w.must(204, "DELETE", "/users/bob", "")
		}
		// One who comes after has the name, and nothing else of it.
		w.user("bob", "viewer")
		if code := p.send("GET", "/services", "").Code; code != 401 {
			t.Errorf("another bob: %d", code)
		}
		w.must(204, "DELETE", "/users/bob", "")
	}
}

// Nobody locks everybody out.
func TestLastAdmin(t *testing.T) {
	w := newWorld(t)
	w.must(201, "POST", "/users", `{"name":"nobody","role":"admin"}`) // can't log in
	w.user("ada", "admin")
	p := w.userPage("ada")
	for _, c := range [][3]string{
		{"DELETE", "/users/ada", ""}, {"PATCH", "/users/ada", `{"role":"operator"}`}, {"PATCH", "/users/ada", `{"password":null}`},
		{"DELETE", "/users/ada?dry_run=1", ""},
	} {
		if rec := p.send(c[0], c[1], c[2]); rec.Code != 409 {
			t.Errorf("%v: %d %s", c, rec.Code, rec.Body)
		}
	}
	token := w.must(201, "POST", "/users/nobody/tokens", `{}`) // who can now
	if rec := p.send("PATCH", "/users/ada", `{"role":"operator"}`); rec.Code != 200 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	w.must(409, "DELETE", "/users/nobody/tokens/"+token["id"].(string), "")
	w.must(409, "DELETE", "/users/nobody", "")
}

// Two nodes share users: what one changes counts at the other, and both together can't do
// what none may.
func TestNodesShareUsers(t *testing.T) {
	here, there := newWorld(t), newWorld(t)
	shared := new(cell.Memory)
	for _, w := range []*world{here, there} {
		w.h.users = OpenUsers(t.Context(), shared, new(cell.Memory), w.logged.add)
		go w.h.users.Follow(t.Context())
	}
	here.user("ada", "admin")
	here.user("bob", "admin")
	deadline := time.Now().Add(10 * time.Second)
	for there.h.users.known().find("bob") == nil {
		if time.Now().After(deadline) {
			t.Fatal("the other node hears nothing")
		}
		time.Sleep(time.Millisecond)
	}
	p := there.userPage("bob")
	codes := make(chan int, 2)
	go func() { codes <- here.ask("DELETE", "/users/ada") }()
	go func() { codes <- there.ask("DELETE", "/users/bob") }()
	if a, b := <-codes, <-codes; a+b != 204+409 {
		t.Errorf("%d and %d", a, b)
	}
	// The store goes away: who is known can come in, and nothing is changed.
	shared.Down(errors.New("away"))
	left := "ada"
	if there.h.users.known().find("ada") == nil {
		left = "bob"
		if code := p.send("GET", "/services", "").Code; code != 200 {
			t.Errorf("bob's session: %d", code)
		}
	} else if code := p.send("GET", "/services", "").Code; code != 401 {
		t.Errorf("bob's session: %d", code)
	}
	there.userPage(left)
	if rec := there.send(Admin, "POST", "/users", `{"name":"eve","role":"viewer"}`); rec.Code != 503 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	// A process that starts now has the copy.
	again := OpenUsers(t.Context(), shared, there.h.users.last, there.logged.add)
	if again.known().find(left) == nil {
		t.Error("the copy has not got them")
	}
	// One that has never heard of any says so.
	here.h.users = OpenUsers(t.Context(), shared, new(cell.Memory), here.logged.add)
	if _, rec := here.enter(left, goodPassword); rec.Code != 503 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// ask is send for goroutines of a test.
func (w *world) ask(method, path string) int {
	r := httptest.NewRequest(method, "http://localhost"+path, nil)
	r.Header.Set("Kong-Admin-Token", w.tokens[Admin])
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	return rec.Code
}

// What is kept and makes no sense is not believed.
func TestRosterIsJudged(t *testing.T) {
	for _, bad := range []string{`{`, `{}`, `[null]`, `[{}]`, `[{"id":"1","name":"a","role":"root"}]`, `[{"id":"1","role":"admin"}]`} {
		if r, err := parseRoster([]byte(bad)); err == nil {
			t.Errorf("%s: %v", bad, r)
		}
	}
	w := newWorld(t)
	w.user("ada", "admin")
	_, version, _ := w.users.Read(t.Context())
	if err := w.users.Write(t.Context(), []byte(`{`), version); err != nil {
		t.Fatal(err)
	}
	if w.h.users.Refresh(t.Context()) == nil || w.h.users.known().find("ada") == nil {
		t.Error("those before do not count on")
	}
	w.must(503, "POST", "/users", `{"name":"eve","role":"viewer"}`)
}

// The bounds of how many there may be.
func TestTooManyUsers(t *testing.T) {
	w := newWorld(t)
	var list []*user
	for i := range maxUsers {
		list = append(list, &user{ID: fmt.Sprint(i), Name: fmt.Sprint("u", i), Role: "viewer", Tokens: make([]userToken, maxTokens)})
	}
	b, _ := json.Marshal(list)
	if err := w.users.Write(t.Context(), b, 0); err != nil {
		t.Fatal(err)
	}
	w.must(409, "POST", "/users", `{"name":"one-more","role":"viewer"}`)
	w.must(409, "POST", "/users/u1/tokens", `{}`)
	if len(b) > 1<<20 {
		t.Errorf("%d bytes are more than etcd takes", len(b))
	}
}

// Everybody changes the own password, and shows the old one for it.
func TestOwnPassword(t *testing.T) {
	w := newWorld(t)
	w.user("bob", "viewer")
	p, other := w.userPage("bob"), w.userPage("bob")
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{"password":"wrong horse","new_password":"newer horse"}`, 400}, {`{"password":"correct horse","new_password":"short"}`, 400},
		{`{"new_password":"newer horse"}`, 400}, {`{"password":"correct horse","new_password":"newer horse","role":"admin"}`, 400},
	} {
		if rec := p.send("PUT", "/session/password", c.body); rec.Code != c.status {
			t.Errorf("%s: %d %s", c.body, rec.Code, rec.Body)
		}
	}
	const wish = `{"password":"correct horse","new_password":"newer horse"}`
	if rec := p.send("PUT", "/session/password?dry_run=1", wish); rec.Code != 200 || rec.Header().Get("Set-Cookie") != "" {
		t.Errorf("a dry run: %d %v", rec.Code, rec.Header())
	}
	rec := p.send("PUT", "/session/password", wish)
	list := rec.Result().Cookies()
	if rec.Code != 200 || len(list) != 1 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	next := &page{w, cookieName + "=" + list[0].Value, object(t, rec.Body.String())["csrf"].(string)}
	for _, c := range []struct {
		p      *page
		status int
	}{{p, 401}, {other, 401}, {next, 200}} {
		if code := c.p.send("GET", "/session", "").Code; code != c.status {
			t.Errorf("%d, want %d", code, c.status)
		}
	}
	if _, rec := w.enter("bob", goodPassword); rec.Code != 401 {
		t.Errorf("the old password: %d", rec.Code)
	}
	if _, rec := w.enter("bob", "newer horse"); rec.Code != 200 {
		t.Errorf("the new password: %d", rec.Code)
	}
	if rec := w.send(Viewer, "PUT", "/session/password", wish); rec.Code != 409 {
		t.Errorf("a token of the file: %d", rec.Code)
	}
}
