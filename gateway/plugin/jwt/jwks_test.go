package jwt_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"moongate/gateway/plugin/plugintest"
)

// jwks is the key set of these algorithms, whose names are the key ids.
func jwks(algs ...string) string {
	var out []string
	for _, alg := range algs {
		head := `{"kid":"` + alg + `",`
		switch k := keyOf(alg).Public().(type) {
		case *rsa.PublicKey:
			out = append(out, head+`"kty":"RSA","n":"`+enc(k.N.Bytes())+`","e":"`+enc(big.NewInt(int64(k.E)).Bytes())+`"}`)
		case *ecdsa.PublicKey:
			b, err := k.Bytes()
			if err != nil {
				panic(err)
			}
			half := len(b) / 2
			out = append(out, head+fmt.Sprintf(`"kty":"EC","crv":"P-%d","x":"%s","y":"%s"}`, k.Params().BitSize, enc(b[1:1+half]), enc(b[1+half:])))
		case ed25519.PublicKey:
			out = append(out, head+`"kty":"OKP","crv":"Ed25519","x":"`+enc(k)+`"}`)
		}
	}
	return `{"keys":[` + strings.Join(out, ",") + `]}`
}

func TestJWKS(t *testing.T) {
	var asked atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		fmt.Fprint(w, jwks("RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"))
	}))
	defer srv.Close()
	later := time.Now().Unix() + 100
	mine := func(c claims) claims {
		out := claims{"sub": "alice", "exp": later, "iss": "https://id", "aud": []string{"x", "api"}}
		for k, v := range c {
			if out[k] = v; v == nil {
				delete(out, k)
			}
		}
		return out
	}
	kid := func(id string) claims { return claims{"kid": id} }
	wrong := func(body string) string { return `401 Bearer error="invalid_token" ` + body }
	const alice = "consumer=alice credential=alice custom=c-alice"
	for _, c := range []struct{ name, config, token, want string }{
		{"rs", ``, token(t, "RS256", "", kid("RS256"), mine(nil)), alice},
		{"rs512", ``, token(t, "RS512", "", kid("RS256"), mine(nil)), alice},
		{"ps", ``, token(t, "PS256", "", kid("PS256"), mine(nil)), alice},
		{"es256", ``, token(t, "ES256", "", kid("ES256"), mine(nil)), alice},
		{"es384", ``, token(t, "ES384", "", kid("ES384"), mine(nil)), alice},
		{"es512", ``, token(t, "ES512", "", kid("ES512"), mine(nil)), alice},
		{"eddsa", ``, token(t, "EdDSA", "", kid("EdDSA"), mine(nil)), alice},
		{"no kid", ``, token(t, "EdDSA", "", nil, mine(nil)), alice},
		{"other kid", ``, token(t, "ES256", "", kid("ES384"), mine(nil)), wrong(`{"message":"No key found for given 'kid'"}`)},
		{"a secret of public keys", ``, token(t, "HS256", publicPEM("RS256"), kid("RS256"), mine(nil)), wrong(`{"message":"No key found for given 'kid'"}`)},
		{"touched", ``, strings.Replace(token(t, "EdDSA", "", nil, mine(nil)), ".", ".eyJ4IjoxfQ", 1), wrong(`{"message":"Bad token; invalid JSON"}`)},
		{"no exp", ``, token(t, "EdDSA", "", nil, mine(claims{"exp": nil})), wrong(`{"exp":"must be a number"}`)},
		{"expired", ``, token(t, "EdDSA", "", nil, mine(claims{"exp": 1})), wrong(`{"exp":"token expired"}`)},
		{"early", ``, token(t, "EdDSA", "", nil, mine(claims{"nbf": later})), wrong(`{"nbf":"token not valid yet"}`)},
		{"issuer", `,"issuers":["https://id"]`, token(t, "EdDSA", "", nil, mine(nil)), alice},
		{"other issuer", `,"issuers":["https://other"]`, token(t, "EdDSA", "", nil, mine(nil)), wrong(`{"iss":"is not allowed"}`)},
		{"audience", `,"audiences":["api"]`, token(t, "EdDSA", "", nil, mine(nil)), alice},
		{"other audience", `,"audiences":["apis"]`, token(t, "EdDSA", "", nil, mine(nil)), wrong(`{"aud":"is not allowed"}`)},
		{"no subject", ``, token(t, "EdDSA", "", nil, mine(claims{"sub": nil})), wrong(`{"message":"No mandatory 'sub' in claims"}`)},
		{"nobody", ``, token(t, "EdDSA", "", nil, mine(claims{"sub": "carol"})), wrong(`{"message":"Could not find consumer for 'sub=carol'"}`)},
		{"need be nobody", `,"consumer_optional":true`, token(t, "EdDSA", "", nil, mine(claims{"sub": "carol"})), "credential=carol"},
		{"another claim", `,"consumer_claim":"azp"`, token(t, "EdDSA", "", nil, mine(claims{"azp": "c-alice"})), "consumer=alice credential=c-alice custom=c-alice"},
		{"a credential", ``, token(t, "HS256", secret, nil, claims{"iss": "hs256"}), "consumer=alice credential=hs256 custom=c-alice"},
		{"groups", `,"consumer_optional":true,"groups_claim":"roles"`, token(t, "EdDSA", "", nil, mine(claims{"sub": "carol", "roles": []any{"dev", 1, "ops"}})), "authenticated groups=dev, ops credential=carol"},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked.Store(0)
			docs := world(`{"jwks_uri":"` + srv.URL + `/keys"` + c.config + `}`)
			if strings.Contains(c.config, "groups") {
				docs = append(docs, plugintest.Another("acl", `{"allow":["ops"]}`))
			}
			g := plugintest.Ask(t, docs...)
			for range 3 {
				got := plugintest.Said(g.Get("/", "Authorization: Bearer "+c.token))
				if got != c.want {
					t.Fatalf("%q, want %q\n%s", got, c.want, g.Log())
				}
			}
			if n := asked.Load(); n > 1 {
				t.Errorf("the keys were asked for %d times", n)
			}
		})
	}
}

// Without its keys nobody can be judged; the log says why.
func TestJWKSAway(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "no", 500) }))
	defer srv.Close()
	tok := token(t, "EdDSA", "", nil, claims{"sub": "alice", "exp": time.Now().Unix() + 100})
	g := plugintest.Ask(t, world(`{"jwks_uri":"`+srv.URL+`"}`)...)
	if got := plugintest.Said(g.Get("/", "Authorization: Bearer "+tok)); got != `503 {"message":"The keys of the token's issuer are not available"}` {
		t.Errorf("%q", got)
	}
	g.WantLog(`gateway: plugin jwt \S+: keys are not refreshed: http://127.0.0.1:\d+ answers 500`)
}

// Many at once wait for one answer.
func TestJWKSTogether(t *testing.T) {
	var asked atomic.Int32
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		<-release
		fmt.Fprint(w, jwks("EdDSA"))
	}))
	defer srv.Close()
	tok := token(t, "EdDSA", "", nil, claims{"sub": "alice", "exp": time.Now().Unix() + 100})
	g := plugintest.Ask(t, world(`{"jwks_uri":"`+srv.URL+`"}`)...)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got := plugintest.Said(g.Get("/", "Authorization: Bearer "+tok)); got != "consumer=alice credential=alice custom=c-alice" {
				t.Errorf("%q", got)
			}
		})
	}
	// Others are served meanwhile: the loop does not wait.
	if got := plugintest.Said(g.Get("/", "Authorization: Bearer "+token(t, "HS256", secret, nil, claims{"iss": "hs256"}))); got != "consumer=alice credential=hs256 custom=c-alice" {
		t.Errorf("%q", got)
	}
	close(release)
	all.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
