package admin

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestLogin(t *testing.T) {
	w := newWorld(t)
	w.user("ada", "operator")
	w.must(201, "POST", "/users", `{"name":"robot","role":"viewer"}`)
	wrong := ""
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{"name":"ada","password":"correct horse"}`, 200},
		{`{"name":"ada","password":"Correct horse"}`, 401}, {`{"name":"eve","password":"correct horse"}`, 401},
		{`{"name":"robot","password":"correct horse"}`, 401}, {`{"name":"the-admin","password":"correct horse"}`, 401},
		{`{"token":"mg_GUESS"}`, 401}, {`{"name":"` + strings.Repeat("é", maxName) + `","password":"p"}`, 401},
		{`{}`, 400}, {`{"name":"ada"}`, 400}, {`{"password":"p"}`, 400}, {`{"token":"t","name":"ada","password":"p"}`, 400},
		{`{"name":"ada","password":"correct horse","role":"admin"}`, 400}, {`{"name":["ada"],"password":"p"}`, 400},
		{`{"name":"ada","password":"p"}{}`, 400}, {`null`, 400}, {`[]`, 400}, {`{"name":"ada","password":"` + strings.Repeat("p", maxPassword+1) + `"}`, 400},
		{`{"name":"ada","password":"` + "\xff" + `"}`, 400}, {`{"name":"ada","password":"` + strings.Repeat("p", maxLogin) + `"}`, 413},
	} {
		w.h.byAddress = delays{free: 1000}
		rec := w.send(None, "POST", "/session", c.body, "Content-Type", "application/json")
		if rec.Code != c.status || (rec.Header().Get("Set-Cookie") != "") != (c.status == 200) {
			t.Errorf("%.60s: %d %s", c.body, rec.Code, rec.Body)
		}
		if rec.Code == 401 {
			if wrong == "" {
				wrong = rec.Body.String()
			}
			if rec.Body.String() != wrong {
				t.Errorf("%.60s is told apart: %s", c.body, rec.Body)
			}
		}
	}
}

// What is wrong costs as much, whatever is wrong of it.
func TestWrongNameIsHashedToo(t *testing.T) {
	p := newPasswords(cost{8, 1, 1})
	kept, err := p.hash(t.Context(), "right one")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		password, kept string
		right          bool
	}{{"right one", kept, true}, {"wrong one", kept, false}, {"right one", "", false}} {
		right, err := p.check(t.Context(), c.password, c.kept)
		if err != nil || right != c.right {
			t.Errorf("%+v: %v %v", c, right, err)
		}
	}
	a, _, _, err1 := parseHash(p.decoy)
	b, _, _, err2 := parseHash(kept)
	if a != b || err1 != nil || err2 != nil {
		t.Errorf("nobody's password costs %v, somebody's %v", a, b)
	}
	if again, _ := p.hash(t.Context(), "right one"); again == kept {
		t.Error("the salt is the same")
	}
	for _, bad := range []string{
		"$argon2id$v=19$m=8,t=0,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43), "$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43),
		"$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$" + strings.Repeat("A", 43), "plain", "$argon2id$v=19$m=8,t=1,p=0$c2FsdHNhbHQ$" + strings.Repeat("A", 43),
	} {
		if _, _, _, err := parseHash(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// Who waits for a turn and has no time left is sent away; only one is at work.
func TestPasswordsTakeTurns(t *testing.T) {
	p := newPasswords(cost{8, 1, 1})
	at, most := 0, 0
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			p.work(t.Context(), func() {
				mu.Lock()
				at++
				most = max(most, at)
				mu.Unlock()
				time.Sleep(100 * time.Microsecond)
				mu.Lock()
				at--
				mu.Unlock()
			})
		})
	}
	all.Wait()
	if most != 1 {
		t.Errorf("%d at once", most)
	}
	p.place <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.hash(ctx, "x"); err == nil {
		t.Error("there was a place")
	}
}

// Each wrong login of a name takes twice as long as the one before, up to a bound.
func TestLoginDelays(t *testing.T) {
	w := newWorld(t)
	now := then
	w.h.clock = func() time.Time { return now }
	w.user("ada", "admin")
	w.h.byAddress = delays{free: 1000}
	var waits []int
	for range 12 {
		_, rec := w.enter("ada", "wrong horse")
		wait := 0
		if rec.Code == 429 {
			wait, _ = strconv.Atoi(rec.Header().Get("Retry-After"))
			now = now.Add(time.Duration(wait)*time.Second - time.Millisecond)
			if _, rec := w.enter("ada", goodPassword); rec.Code != 429 {
				t.Errorf("too early, and right: %d", rec.Code)
			}
			now = now.Add(time.Millisecond)
			_, rec = w.enter("ada", "wrong horse")
			if rec.Code != 401 {
				t.Errorf("after %d s: %d", wait, rec.Code)
			}
		}
		waits = append(waits, wait)
	}
	if got := fmt.Sprint(waits); got != "[0 0 0 0 0 1 2 4 8 16 30 30]" {
		t.Errorf("waited %s", got)
	}
	now = now.Add(mostOfName)
	w.userPage("ada")
	for range freeOfName { // all is forgiven
		if _, rec := w.enter("ada", "wrong horse"); rec.Code != 401 {
			t.Errorf("%d", rec.Code)
		}
	}
	// However the name is typed, it is one.
	for _, name := range []string{"ADA", "Ada", "aDA"} {
		if _, rec := w.enter(name, "wrong horse"); rec.Code != 429 {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	// Names that nobody has are no different.
	for i := range freeOfName + 1 {
		if _, rec := w.enter("eve", "wrong horse"); (rec.Code == 429) != (i == freeOfName) {
			t.Errorf("eve's login %d: %d", i, rec.Code)
		}
	}
}

// Strangers who guess at a name do not lock out who has come in under it before.
func TestFamiliarAddress(t *testing.T) {
	w := newWorld(t)
	w.user("ada", "admin")
	w.userPage("ada")
	for range 100 {
		w.h.byName.try("ada", time.Now()) // from many addresses
	}
	for range 100 {
		w.h.byAddress.try("192.0.2.1", time.Now()) // from behind the same proxy
	}
	w.userPage("ada")
	w.h.familiar, w.h.byAddress = familiar{}, delays{free: 100}
	if _, rec := w.enter("ada", goodPassword); rec.Code != 429 {
		t.Errorf("an address that is not known: %d", rec.Code)
	}
}

// An address that guesses, at names or tokens, waits too.
func TestAddressDelays(t *testing.T) {
	w := newWorld(t)
	codes := map[int]int{}
	for i := range freeOfAddress + 5 {
		_, rec := w.enter(fmt.Sprint("name", i), "wrong horse")
		codes[rec.Code]++
	}
	if codes[401] != freeOfAddress || codes[429] != 5 {
		t.Errorf("%v", codes)
	}
	if _, rec := w.login(`{"token":"` + w.tokens[Admin] + `"}`); rec.Code != 429 {
		t.Errorf("a right token from there: %d", rec.Code)
	}
	// Logging in by oneself between two guesses does not help.
	d := delays{free: 2, most: time.Hour}
	now, tries := then, 0
	for range 1000 {
		if d.try("a", now) == 0 {
			tries++ // a guess
		}
		if d.try("a", now) == 0 {
			d.undo("a")
		}
		now = now.Add(time.Second)
	}
	if tries > 20 {
		t.Errorf("%d guesses in 1000 seconds", tries)
	}
}

// Many at once are not all free, and the table does not grow.
func TestDelaysAreBounded(t *testing.T) {
	d := delays{free: 3, most: time.Minute}
	free := make(chan bool, 50)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { free <- d.try("a", then) == 0 })
	}
	all.Wait()
	close(free)
	n := 0
	for f := range free {
		if f {
			n++
		}
	}
	if n != 3 {
		t.Errorf("%d of 50 at once", n)
	}
	for i := range 3 * maxDelayed {
		d.try(fmt.Sprint(i), then)
	}
	if len(d.tries) > maxDelayed {
		t.Errorf("%d are remembered", len(d.tries))
	}
	var f familiar
	for i := range 2 * maxSessions {
		f.add(fmt.Sprint(i))
	}
	if len(f.list) > maxSessions || !f.has(fmt.Sprint(2*maxSessions-1)) {
		t.Errorf("%d are familiar", len(f.list))
	}
}
