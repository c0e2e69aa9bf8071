package command

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"moongate/gateway/schema"
)

// api is an Admin API.
type api struct {
	root, token string
	client      http.Client
}

func (o *options) api() (*api, error) {
	token, err := o.secret()
	if err != nil {
		return nil, err
	}
	root := o.addr
	if !strings.Contains(root, "://") {
		root = "http://" + root
	}
	u, err := url.Parse(root)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, fmt.Errorf("-addr %q: write host:port, http://host:port or https://host:port", o.addr)
	}
	a := &api{root: strings.TrimSuffix(root, "/"), token: token}
	a.client.Timeout = time.Minute
	// The token must not follow a redirection to somebody else.
	a.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return a, nil
}

// answer is what the API has said, its body read.
type answer struct {
	status int
	etag   string
	body   []byte
}

func (a *api) ask(ctx context.Context, method, path string, body []byte, header map[string]string) (*answer, error) {
	q, err := http.NewRequestWithContext(ctx, method, a.root+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if a.token != "" {
		q.Header.Set("Authorization", "Bearer "+a.token)
	}
	for name, value := range header {
		q.Header.Set(name, value)
	}
	r, err := a.client.Do(q)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err
		}
		return nil, fmt.Errorf("the Admin API at %s can't be reached: %w (-addr names another one)", a.root, err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("the answer of %s broke off: %w", a.root, err)
	}
	return &answer{r.StatusCode, r.Header.Get("ETag"), text}, nil
}

// refusal is an answer that says no, with faults in a file if there are any.
func (r *answer) refusal(f *file) error {
	var e schema.Error
	if json.Unmarshal(r.body, &e) != nil || e.Message == "" {
		e.Message = strings.TrimSpace(string(r.body[:min(len(r.body), 300)]))
	}
	switch {
	case r.status == http.StatusUnauthorized:
		return errors.New("the Admin API wants a token, or another one: set MOONGATE_TOKEN or -token-file")
	case r.status == http.StatusForbidden:
		return fmt.Errorf("the token does not allow it: %s", e.Message)
	case r.status == http.StatusPreconditionFailed:
		return errors.New("somebody has changed the configuration meanwhile; nothing was applied. Look at the differences again")
	case len(e.Faults) > 0 && f != nil:
		return f.faults(&e)
	}
	return fmt.Errorf("the Admin API answers %d: %s", r.status, e.Message)
}
