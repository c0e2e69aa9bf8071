package idp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// byPassword answers the password grant (RFC 6749, 4.3), which the provider's authors have
// left out, with tokens as the provider makes them for the client "jwt".
func (m *memory) byPassword(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	id, _ = url.QueryUnescape(id)
	secret, _ = url.QueryUnescape(secret)
	refuse := func(status int, code string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		json.NewEncoder(w).Encode(map[string]string{"error": code})
	}
	if m.AuthorizeClientIDSecret(context.Background(), id, secret) != nil {
		refuse(http.StatusUnauthorized, "invalid_client")
		return
	}
	if m.CheckUsernamePasswordSimple(r.PostForm.Get("username"), r.PostForm.Get("password")) != nil {
		refuse(http.StatusBadRequest, "invalid_grant")
		return
	}
	scope := r.PostForm.Get("scope")
	claims := map[string]any{"iss": m.p.Issuer, "sub": Subject, "aud": []string{id}, "client_id": id, "scope": scope, "exp": time.Now().Unix() + 300, "iat": time.Now().Unix()}
	a := map[string]any{"access_token": m.p.Sign(map[string]any{"typ": "at+jwt"}, claims), "token_type": "Bearer", "expires_in": 300, "scope": scope}
	if strings.Contains(scope, "openid") {
		claims["preferred_username"] = User
		a["id_token"] = m.p.Sign(nil, claims)
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(a)
}
