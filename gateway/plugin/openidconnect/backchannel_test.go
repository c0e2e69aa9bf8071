package openidconnect_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"moongate/gateway/plugin/plugintest"
	"moongate/gateway/redis/redistest"
	"moongate/test/idp"
)

const loggedOut = "http://schemas.openid.net/event/backchannel-logout"

// Who logs out at the provider is logged out here.
func TestBackChannel(t *testing.T) {
	s := redistest.Start(t)
	w := newWorld(t, "")
	w.serve(usual + fmt.Sprintf(`,"backchannel_logout_path":"/gone","session_storage":"redis","redis":{"host":"127.0.0.1","port":%d}`, s.Port))
	sid := "0"
	w.Edit(func(path string, answer map[string]any) {
		if text, _ := answer["id_token"].(string); text != "" {
			c := claimsOf(t, text)
			c["sid"] = sid
			answer["id_token"] = w.Sign(nil, c)
		}
	})
	login := func(id string) *browser {
		sid = id
		b := w.browser()
		if p := w.loggedIn(b); p.status != 200 {
			t.Fatalf("%v\n%s", p, w.g.Log())
		}
		return b
	}
	in := func(b *browser) bool {
		return b.get("/page", "X-Requested-With: x").status == 200
	}
	number := 0
	token := func(with map[string]any) string {
		number++
		head := map[string]any{"typ": "logout+jwt"}
		c := map[string]any{"iss": w.Issuer, "aud": "web", "iat": time.Now().Unix(), "exp": time.Now().Unix() + 60, "jti": fmt.Sprint(number), "events": map[string]any{loggedOut: map[string]any{}}}
		for k, v := range with {
			if c[k] = v; v == nil {
				delete(c, k)
			}
		}
		return w.Sign(head, c)
	}
	post := func(token string) *page {
		r, err := http.NewRequest("POST", gateway+"/gone", strings.NewReader(url.Values{"logout_token": {token}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return w.stiff().do(r)
	}
	one, two, three := login("1"), login("2"), login("3")
	for name, bad := range map[string]string{
		"no token":         "",
		"alg none":         b64(map[string]any{"alg": "none"}) + "." + strings.Split(token(map[string]any{"sid": "1"}), ".")[1] + ".",
		"touched":          token(map[string]any{"sid": "1"}) + "A",
		"another issuer":   token(map[string]any{"sid": "1", "iss": "https://evil.test"}),
		"another client's": token(map[string]any{"sid": "1", "aud": "jwt"}),
		"an ID token":      token(map[string]any{"sid": "1", "events": nil}),
		"another event":    token(map[string]any{"sid": "1", "events": map[string]any{"x": map[string]any{}}}),
		"with a nonce":     token(map[string]any{"sid": "1", "nonce": "x"}),
		"old":              token(map[string]any{"sid": "1", "iat": time.Now().Unix() - 700}),
		"ended":            token(map[string]any{"sid": "1", "exp": time.Now().Unix() - 1}),
		"of nobody":        token(nil),
		"without a number": token(map[string]any{"sid": "1", "jti": nil}),
	} {
		if p := post(bad); p.status != 400 || p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", name, p)
		}
	}
	if !in(one) {
		t.Fatal("a bad token has ended a session")
	}
	good := token(map[string]any{"sid": "1", "sub": idp.Subject})
	if p := post(good); p.status != 200 {
		t.Errorf("%v\n%s", p, w.g.Log())
	}
	if in(one) || !in(two) || !in(three) {
		t.Error("another session than that which was named")
	}
	if p := post(good); p.status != 400 {
		t.Errorf("shown again: %v", p)
	}
	if p := post(token(map[string]any{"sub": idp.Subject})); p.status != 200 || in(two) || in(three) {
		t.Errorf("all of a person: %v", p)
	}
	if p := post(token(map[string]any{"sid": "nobody's"})); p.status != 200 {
		t.Errorf("a session that is not known: %v", p)
	}
	four := login("4")
	s.Down()
	if p := post(token(map[string]any{"sid": "4"})); p.status != 503 {
		t.Errorf("without Redis: %v", p)
	}
	if p := four.get("/page"); p.status != 503 {
		t.Errorf("without Redis: %v", p)
	}
	if got := plugintest.Refused(plugintest.Plugin("openid-connect", `{"issuer":"https://id.test","client_id":["x"],"backchannel_logout_path":"/x"}`)); !strings.Contains(got, "needs session_storage redis") {
		t.Errorf("%q", got)
	}
}
