package command

import (
	"net/http"
	"strings"
	"testing"

	"moongate/gateway/desired"
)

// login is the status of a login by a name.
func (w *world) login(name, password string) int {
	w.t.Helper()
	r, err := http.Post(w.server.URL+"/session", "application/json", strings.NewReader(`{"name":"`+name+`","password":"`+password+`"}`))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Body.Close()
	return r.StatusCode
}

func TestUserCommand(t *testing.T) {
	w := newWorld(t, desired.NewMemory())
	code, made, errs := w.run("", "user", "add", "ada", "-role", "admin")
	if code != fine {
		t.Fatal(errs)
	}
	if status := w.login("ada", strings.TrimSpace(made)); status != 200 {
		t.Errorf("the password that was made up: %d", status)
	}
	if code, out, errs := w.run("correct horse\n", "user", "add", "bob", "-role", "viewer", "-password-file", "-"); code != fine || out != "" {
		t.Fatal(out, errs)
	}
	if status := w.login("bob", "correct horse"); status != 200 {
		t.Errorf("the password that was given: %d", status)
	}
	code, token, errs := w.run("", "user", "token", "bob")
	if code != fine || !strings.HasPrefix(token, "mg_") {
		t.Fatal(errs)
	}
	if code, _, errs := run(t, strings.TrimSpace(token), "", "user", "list", "-addr", w.server.URL); code != failed || !strings.Contains(errs, "the token does not allow it") {
		t.Errorf("a viewer: %d %s", code, errs)
	}
	if code, _, errs := w.run("", "user", "role", "bob", "-role", "operator"); code != fine {
		t.Error(errs)
	}
	if code, _, errs := w.run("newer horse\r\n", "user", "passwd", "bob", "-password-file", "-"); code != fine {
		t.Error(errs)
	}
	if status := w.login("bob", "newer horse"); status != 200 {
		t.Errorf("the other password: %d", status)
	}
	_, out, _ := w.run("", "user", "list")
	if want := "admin    ada                  password, 0 tokens\noperator bob                  password, 1 token\n"; out != want {
		t.Errorf("got\n%s\nwant\n%s", out, want)
	}
	if code, _, errs := w.run("", "user", "remove", "bob"); code != fine {
		t.Error(errs)
	}
	for _, c := range []struct{ args, text string }{
		{"remove bob", "404"}, {"remove ada", "the last admin"}, {"add eve", "role"}, {"add eve -role root", "expected one of"},
		{"list ada", "write: list"}, {"add", "write: list"}, {"make eve", "write list, add"}, {"passwd ada -password-file /nothing", "no such file"},
	} {
		if code, _, errs := w.run("", append([]string{"user"}, strings.Fields(c.args)...)...); code != failed || !strings.Contains(errs, c.text) {
			t.Errorf("%s: %d %s", c.args, code, errs)
		}
	}
}
