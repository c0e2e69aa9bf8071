package etcd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// login is the token of the user in the address; "" without one. etcd forgets its
// tokens with time and when it restarts: whoever is refused calls forget and comes
// again.
func (c *cluster) login(ctx context.Context, member string) (string, error) {
	if c.user == "" {
		return "", nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loggedIn {
		return c.token, nil
	}
	body, err := json.Marshal(loginRequest{c.user, c.password})
	if err != nil {
		return "", err
	}
	var out loginResponse
	_, err = c.post(ctx, member, "/v3/auth/authenticate", "", body, &out)
	var f *fault
	if errors.As(err, &f) && f.Message == "etcdserver: authentication is not enabled" {
		err = nil // then nobody asks for a token
	}
	if err != nil {
		return "", fmt.Errorf("logging in as %s: %w", c.user, err)
	}
	c.token, c.loggedIn = out.Token, true
	return c.token, nil
}

// forget drops a token that was refused, unless there is a new one by now.
func (c *cluster) forget(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.token, c.loggedIn = "", false
	}
}
