package idp

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
)

// pushed takes a request for a login (RFC 9126) at /par, which the provider's authors have
// left out, and gives what browsers bring in its place.
func (p *Provider) pushed(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	w.Header().Set("Content-Type", "application/json")
	if r.Method != "POST" || r.ParseForm() != nil || id != r.PostForm.Get("client_id") || p.memory.AuthorizeClientIDSecret(context.Background(), id, secret) != nil {
		w.WriteHeader(http.StatusUnauthorized)
		json.NewEncoder(w).Encode(map[string]string{"error": "invalid_client"})
		return
	}
	p.mu.Lock()
	ref := "urn:ietf:params:oauth:request_uri:" + strconv.Itoa(len(p.requests))
	p.requests[ref] = r.PostForm
	p.mu.Unlock()
	w.WriteHeader(http.StatusCreated)
	json.NewEncoder(w).Encode(map[string]any{"request_uri": ref, "expires_in": 60})
}

// unfold puts a request that was pushed in the place of its reference.
func (p *Provider) unfold(r *http.Request) {
	q := r.URL.Query()
	p.mu.Lock()
	defer p.mu.Unlock()
	if form := p.requests[q.Get("request_uri")]; form != nil && form.Get("client_id") == q.Get("client_id") {
		r.URL.RawQuery = url.Values(form).Encode()
	}
}
