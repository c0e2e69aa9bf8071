package admin

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/gateway/entity"
)

// audit is all of /audit, by pages of a size.
func (w *world) audit(size int, more string) (out []map[string]any, pages int) {
	w.t.Helper()
	for path := any(fmt.Sprintf("/audit?size=%d%s", size, more)); path != nil; pages++ {
		page := w.must(200, "GET", path.(string), "")
		for _, e := range page["data"].([]any) {
			out = append(out, e.(map[string]any))
		}
		if path = page["next"]; pages > 1000 {
			w.t.Fatal("the pages do not end")
		}
	}
	return out, pages
}

func told(list []map[string]any) string {
	var out []string
	for _, e := range list {
		what, _ := e["event"].(string)
		if what == "" {
			what = fmt.Sprint("revision ", e["revision"])
		}
		who, about := e["who"].(string), ""
		if a, ok := e["about"].(string); ok {
			about = " " + a
		}
		out = append(out, fmt.Sprintf("%s %s%s (%s)", who, what, about, e["why"]))
	}
	return strings.Join(out, "\n")
}

// Logins, logouts, refusals and changes of users stand in the audit with who it was, and
// nothing that is secret stands anywhere.
func TestAuditOfUsers(t *testing.T) {
	w := newWorld(t)
	w.h.journal = OpenJournal(filepath.Join(t.TempDir(), "journal"), w.logged.add)
	secrets := []string{goodPassword, "my-secret-typed-as-a-name", "wrong horse", "newer horse", "mg_WRONG", w.tokens[Admin]}
	w.user("ada", "admin")
	p := w.userPage("ada")
	w.enter("ada", "wrong horse")
	w.enter("my-secret-typed-as-a-name", "wrong horse")
	w.login(`{"token":"mg_WRONG"}`)
	w.send(None, "GET", "/services", "", "Kong-Admin-Token", "mg_WRONG")
	p.send("POST", "/users", `{"name":"bob","role":"viewer"}`)
	made := object(t, p.send("POST", "/users/bob/tokens", `{}`).Body.String())
	secrets = append(secrets, made["token"].(string), p.csrf, strings.TrimPrefix(p.cookie, cookieName+"="))
	id := made["id"].(string)
	p.send("PATCH", "/users/bob", `{"role":"operator","password":"newer horse"}`)
	p.send("PATCH", "/users/bob", `{"password":null}`)
	p.send("DELETE", "/users/bob/tokens/"+id, "")
	p.send("DELETE", "/users/bob", "")
	p.send("DELETE", "/users/bob", "")           // refused, and not told
	p.send("DELETE", "/users/ada?dry_run=1", "") // tried only
	p.send("DELETE", "/session", "")
	list, _ := w.audit(1000, "")
	want := strings.Join([]string{
		"ada logout (logged out)", "ada user_removed bob (removed)", "ada token_removed bob (removed a token " + id + ")",
		"ada user_changed bob (no password)", "ada user_changed bob (role operator, another password)",
		"ada token_created bob (made a token " + id + ")", "ada user_created bob (made a user of role viewer)",
		" login_failed (a wrong token)", " login_failed (a wrong token)", " login_failed (a wrong name or password)", "ada login_failed (a wrong name or password)",
		"ada login (by a password)", "the-admin user_created ada (made a user of role admin)",
	}, "\n")
	if got := told(list); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, e := range list {
		if e["from"] != "192.0.2.1" {
			t.Errorf("%v", e)
		}
	}
	places := map[string]string{"log": w.logged.text(), "audit": fmt.Sprint(list), "revisions": w.send(Admin, "GET", "/revisions", "").Body.String(), "config": w.send(Admin, "GET", "/config", "").Body.String()}
	kept, _, _ := w.users.Read(t.Context())
	places["users"] = string(kept)
	for _, name := range []string{w.h.journal.path, w.h.journal.path + ".failed"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		places[name] = string(b)
	}
	for where, text := range places {
		for _, s := range secrets {
			if strings.Contains(text, s) {
				t.Errorf("%s stands in the %s", s, where)
			}
		}
	}
}

// revise writes a revision with nothing in it.
func (w *world) revise(at time.Time) {
	w.t.Helper()
	list, err := w.store.Revisions(w.t.Context(), 0, 1)
	last := uint64(0)
	if len(list) > 0 {
		last = list[0].Number
	}
	if err == nil {
		err = w.store.Write(w.t.Context(), entity.Revision{Time: at, Who: "w"}, last)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// However large the pages, all of it comes, each once, the latest first.
func TestAuditPages(t *testing.T) {
	w := newWorld(t)
	now := then
	w.h.clock = func() time.Time { return now }
	for i := range 7 {
		now = now.Add(time.Second)
		w.h.journal.note(Entry{Time: now, Event: cameIn, Who: fmt.Sprint("w", i%2), From: "a", Why: fmt.Sprint(i)})
		now = now.Add(time.Second)
		w.h.journal.note(Entry{Time: now, Event: refused, From: "a", Why: fmt.Sprint(i)})
		if i%2 == 0 {
			w.revise(now.Add(time.Second / 2))
		}
	}
	all, _ := w.audit(1000, "")
	if len(all) != 18 {
		t.Fatalf("%d entries:\n%s", len(all), told(all))
	}
	for i := range all[1:] {
		a, err1 := time.Parse(time.RFC3339, all[i]["time"].(string))
		b, err2 := time.Parse(time.RFC3339, all[i+1]["time"].(string))
		if err1 != nil || err2 != nil || !a.After(b) {
			t.Errorf("%v comes before %v", all[i]["time"], all[i+1]["time"])
		}
	}
	for _, size := range []int{1, 2, 3, 5, 17, 18} {
		if list, pages := w.audit(size, ""); told(list) != told(all) || pages > 18/size+1 {
			t.Errorf("by %d, %d pages:\n%s", size, pages, told(list))
		}
	}
	if list, _ := w.audit(4, "&who=w1"); len(list) != 3 {
		t.Errorf("w1's:\n%s", told(list))
	}
	for _, bad := range []string{"event=x", "event=-1", "before=x", "size=0"} {
		if code := w.send(Viewer, "GET", "/audit?"+bad, "").Code; code != 400 {
			t.Errorf("%s: %d", bad, code)
		}
	}
	if code := w.send(Viewer, "GET", "/audit?event=18446744073709551615", "").Code; code != 200 {
		t.Errorf("%d", code)
	}
}

// Strangers who try and try push nobody out, and files stay small.
func TestJournalIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j := OpenJournal(path, nil)
	j.note(Entry{Time: then, Event: cameIn, Who: "ada"})
	for i := range 10 * maxEntries {
		j.note(Entry{Time: then.Add(time.Duration(i) * time.Second), Event: refused, Why: strings.Repeat("x", 200)})
	}
	if list := j.before(then.Add(time.Microsecond), 10); len(list) != 1 || list[0].Who != "ada" {
		t.Errorf("%v", list)
	}
	if len(j.kept[1]) > 2*maxEntries {
		t.Errorf("%d entries", len(j.kept[1]))
	}
	sum := int64(0)
	files, _ := filepath.Glob(path + "*")
	for _, name := range files {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
		sum += info.Size()
	}
	if len(files) != 3 || sum > 2*maxJournal+1000 {
		t.Errorf("%v: %d bytes", files, sum)
	}
	again := OpenJournal(path, nil)
	end := then.Add(time.Hour * 1000)
	if a, b := j.before(end, 500), again.before(end, 500); fmt.Sprint(a) != fmt.Sprint(b) || len(b) != 500 {
		t.Errorf("the next process knows %d", len(b))
	}
	if err := os.WriteFile(path, []byte("{\n[]\n\nnull\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	OpenJournal(path, nil).note(Entry{Event: cameIn})
}
