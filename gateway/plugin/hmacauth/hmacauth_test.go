package hmacauth_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"
	"testing"
	"time"

	"moongate/gateway/plugin/plugintest"
)

func world(config string) []string {
	return plugintest.World(`hmacauth_credentials {"username":"al","secret":"sss",`+plugintest.OfAlice+`}`,
		`hmacauth_credentials {"username":"bob","secret":"other",`+plugintest.OfBob+`}`, plugintest.Another("hmac-auth", config))
}

// sign makes the header for lines that are signed.
func sign(algorithm, secret, headers, lines string) string {
	h := map[string]func() hash.Hash{"hmac-sha1": sha1.New, "hmac-sha256": sha256.New, "hmac-sha384": sha512.New384, "hmac-sha512": sha512.New}[algorithm]
	m := hmac.New(h, []byte(secret))
	m.Write([]byte(lines))
	return fmt.Sprintf(`hmac username="al", algorithm="%s", headers="%s", signature="%s"`, algorithm, headers, base64.StdEncoding.EncodeToString(m.Sum(nil)))
}

const (
	alice   = "consumer=alice credential=al custom=c-alice"
	missing = `401 hmac {"message":"Unauthorized"}`
	undated = `401 hmac {"message":"HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication"}`
	unclear = `401 hmac {"message":"HMAC signature cannot be verified"}`
	other   = `401 hmac {"message":"HMAC signature does not match"}`
)

func TestSignatures(t *testing.T) {
	at := func(d time.Duration) string { return time.Now().Add(d).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT") }
	now := at(0)
	good := sign("hmac-sha256", "sss", "date", "date: "+now)
	digest := func(body string) string {
		sum := sha256.Sum256([]byte(body))
		return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
	}
	const withBody = `{"validate_request_body":true}`
	large := strings.Repeat("large", 10000) // goes into a file
	for _, c := range []struct {
		name, config string
		headers      []string
		body, want   string
	}{
		{"good", `{}`, []string{"Date: " + now, "Authorization: " + good}, "", alice},
		{"sha1", `{}`, []string{"Date: " + now, "Authorization: " + sign("hmac-sha1", "sss", "date", "date: "+now)}, "", alice},
		{"sha384", `{}`, []string{"Date: " + now, "Authorization: " + sign("hmac-sha384", "sss", "date", "date: "+now)}, "", alice},
		{"sha512", `{}`, []string{"Date: " + now, "Authorization: " + sign("hmac-sha512", "sss", "date", "date: "+now)}, "", alice},
		{"x-date", `{}`, []string{"X-Date: " + now, "Authorization: " + sign("hmac-sha256", "sss", "x-date", "x-date: "+now)}, "", alice},
		{"date when x-date is old", `{}`, []string{"X-Date: " + at(-time.Hour), "Date: " + now, "Authorization: " + good}, "", alice},
		{"proxy", `{}`, []string{"Date: " + now, "Proxy-Authorization: " + good, "Authorization: Bearer x"}, "", alice},
		{"request line", `{}`, []string{"Date: " + now, "Authorization: " + sign("hmac-sha256", "sss", "date request-line", "date: "+now+"\nGET /a%20b?c=d HTTP/1.1")}, "", alice},
		{"target", `{}`, []string{"Date: " + now, "Authorization: " + sign("hmac-sha256", "sss", "@request-target date", "@request-target: get /a%20b?c=d\ndate: "+now)}, "", alice},
		{"absent header", `{}`, []string{"Date: " + now, "Authorization: " + sign("hmac-sha256", "sss", "date x-none", "date: "+now+"\nx-none:")}, "", alice},
		{"without spaces", `{}`, []string{"Date: " + now, "Authorization: " + strings.ReplaceAll(good, ", ", ",")}, "", alice},
		{"nothing", `{}`, []string{"Date: " + now}, "", missing},
		{"realm", `{"realm":"r"}`, nil, "", `401 hmac realm="r" {"message":"Unauthorized"}`},
		{"no date", `{}`, []string{"Authorization: " + good}, "", undated},
		{"bad date", `{}`, []string{"Date: now", "Authorization: " + good}, "", undated},
		{"old", `{"clock_skew":60}`, []string{"Date: " + at(-65*time.Second), "Authorization: " + good}, "", undated},
		{"early", `{"clock_skew":60}`, []string{"Date: " + at(65*time.Second), "Authorization: " + good}, "", undated},
		{"other date", `{}`, []string{"Date: " + at(-20*time.Second), "Authorization: " + good}, "", other},
		{"other secret", `{}`, []string{"Date: " + now, "Authorization: " + sign("hmac-sha256", "other", "date", "date: "+now)}, "", other},
		{"other user", `{}`, []string{"Date: " + now, "Authorization: " + strings.Replace(good, `"al"`, `"bob"`, 1)}, "", other},
		{"unknown user", `{}`, []string{"Date: " + now, "Authorization: " + strings.Replace(good, `"al"`, `"x"`, 1)}, "", unclear},
		{"signature of another algorithm", `{}`, []string{"Date: " + now, "Authorization: " + strings.Replace(good, "sha256", "sha1", 1)}, "", other},
		{"algorithm not allowed", `{"algorithms":["hmac-sha512"]}`, []string{"Date: " + now, "Authorization: " + good}, "", unclear},
		{"algorithm unknown", `{}`, []string{"Date: " + now, "Authorization: " + strings.Replace(good, "hmac-sha256", "none", 1)}, "", unclear},
		{"enforced", `{"enforce_headers":["date","request-line"]}`, []string{"Date: " + now, "Authorization: " + good}, "", unclear},
		{"garbage", `{}`, []string{"Date: " + now, "Authorization: hmac x"}, "", unclear},
		{"no base64", `{}`, []string{"Date: " + now, `Authorization: hmac username="al", algorithm="hmac-sha256", headers="date", signature="%"`}, "", other},
		{"digest", withBody, []string{"Date: " + now, "Authorization: " + good, "Digest: " + digest("hello")}, "hello", alice},
		{"digest of a file", withBody, []string{"Date: " + now, "Authorization: " + good, "Digest: " + digest(large)}, large, alice},
		{"no digest, no body", withBody, []string{"Date: " + now, "Authorization: " + good}, "", alice},
		{"no digest", withBody, []string{"Date: " + now, "Authorization: " + good}, "hello", other},
		{"other digest", withBody, []string{"Date: " + now, "Authorization: " + good, "Digest: " + digest("hellO")}, "hello", other},
		{"anonymous", `{"anonymous":"guest"}`, []string{"Date: " + now}, "", "anonymous=true consumer=guest"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := plugintest.Ask(t, world(c.config)...)
			raw := "GET /a%20b?c=d HTTP/1.1\r\nHost: h.test\r\nConnection: close\r\n" + strings.Join(append(c.headers, ""), "\r\n")
			if c.body != "" {
				raw += fmt.Sprintf("Content-Length: %d\r\n", len(c.body))
			}
			got := g.Send(raw + "\r\n" + c.body)
			said := plugintest.Said(got)
			if said != c.want {
				t.Errorf("%q, want %q\n%s", said, c.want, g.Log())
			}
		})
	}
}

func TestHide(t *testing.T) {
	now := time.Now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
	got := plugintest.Ask(t, world(`{"hide_credentials":true}`)...).Get("/", "Date: "+now, "Authorization: "+sign("hmac-sha1", "sss", "date", "date: "+now), "Proxy-Authorization: Basic x")
	if sent := plugintest.Sent(got, "Authorization", "Proxy-Authorization"); sent != "GET /|Proxy-Authorization: Basic x" {
		t.Errorf("%q\n%s", sent, got)
	}
}

func TestConfig(t *testing.T) {
	for config, want := range map[string]string{
		`{"clock_skew":0}`:     "schema violation (config.clock_skew: value must be greater than 0)",
		`{"algorithms":["x"]}`: "schema violation (config.algorithms.1: expected one of: hmac-sha1, hmac-sha256, hmac-sha384, hmac-sha512)",
		`{"clock_skew":0.5}`:   "",
	} {
		if got := plugintest.Refused(plugintest.Another("hmac-auth", config)); got != want {
			t.Errorf("%s: %s", config, got)
		}
	}
}
