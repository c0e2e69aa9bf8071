package etcd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	dialing  = 3 * time.Second  // until there is a connection
	patience = 10 * time.Second // until a member has answered
	pulse    = 5 * time.Second  // between two looks at whether a watch's member lives
	longest  = 1 << 30          // bytes of an answer
)

// cluster asks the members of a cluster by etcd's JSON over HTTP, which each etcd
// since 3.4 speaks at the port of its clients. It stays with one member, and goes
// to the next when that one fails.
type cluster struct {
	config
	http            *http.Client
	patience, pulse time.Duration
	at              atomic.Int32 // the member to ask

	mu       sync.Mutex
	token    string
	loggedIn bool // or the cluster has no users
}

func newCluster(c config) *cluster {
	dial := net.Dialer{Timeout: dialing, KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: time.Second, Count: 3}}
	return &cluster{config: c, patience: patience, pulse: pulse, http: &http.Client{
		// A login must not follow a redirection to somebody else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dial.DialContext, TLSClientConfig: c.tls, TLSHandshakeTimeout: dialing,
			MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute},
	}}
}

// member is the one to ask, and what to tell left when it fails.
func (c *cluster) member() (int32, string) {
	i := c.at.Load()
	return i, c.endpoints[i]
}

func (c *cluster) left(i int32) { c.at.CompareAndSwap(i, (i+1)%int32(len(c.endpoints))) }

// read asks members until one answers.
func (c *cluster) read(ctx context.Context, path string, in, out any) error {
	return c.ask(ctx, path, in, out, true)
}

// write asks another member only where the one before can't have done anything:
// a transaction done twice looks like a conflict with oneself.
func (c *cluster) write(ctx context.Context, path string, in, out any) error {
	return c.ask(ctx, path, in, out, false)
}

func (c *cluster) ask(ctx context.Context, path string, in, out any, harmless bool) (err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	for range c.endpoints {
		i, member := c.member()
		sent, failed := c.askMember(ctx, member, path, body, out)
		if failed == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err = fmt.Errorf("%s: %w", member, failed)
		var f *fault
		switch {
		case !errors.As(failed, &f):
			c.left(i)
			if sent && !harmless {
				return err
			}
		case f.untouched(), f.Status >= 500 && harmless:
			c.left(i)
		default:
			return err
		}
	}
	return err
}

// askMember asks one member, and logs in where that is needed.
func (c *cluster) askMember(ctx context.Context, member, path string, body []byte, out any) (sent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	for again := false; ; again = true {
		token, err := c.login(ctx, member)
		if err != nil {
			return false, err
		}
		sent, err := c.post(ctx, member, path, token, body, out)
		var f *fault
		if again || c.user == "" || !errors.As(err, &f) || !f.unknownUser() {
			return sent, err
		}
		c.forget(token)
	}
}

// post asks once. sent says whether the member may have got it.
func (c *cluster) post(ctx context.Context, member, path, token string, body []byte, out any) (sent bool, err error) {
	r, sent, err := c.open(ctx, member, path, token, body)
	if err != nil {
		return sent, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, longest))
	if err != nil {
		return true, fmt.Errorf("the answer broke off: %w", err)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return true, fmt.Errorf("the answer can't be read: %w", err)
	}
	return true, nil
}

// open asks once, and returns the body of an answer that is none of refusal.
func (c *cluster) open(ctx context.Context, member, path, token string, body []byte) (_ io.ReadCloser, sent bool, err error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { sent = true }})
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, member+path, bytes.NewReader(body))
	if err != nil {
		return nil, false, err
	}
	q.Header.Set("Content-Type", "application/json")
	// A member that has lost the others says so at once instead of waiting for them.
	q.Header.Set("Grpc-Metadata-Hasleader", "true")
	if token != "" {
		q.Header.Set("Authorization", token)
	}
	r, err := c.http.Do(q)
	if err != nil {
		return nil, sent, bare(err)
	}
	if r.StatusCode == http.StatusOK {
		return r.Body, true, nil
	}
	defer r.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	return nil, true, refusal(r.StatusCode, text)
}

// bare takes the method and the address off an error: ask writes the member.
func bare(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok || !strings.HasPrefix(err.Error(), "Post ") {
			return err
		}
		err = u.Unwrap()
	}
}

// refusal is what an answer other than 200 says.
func refusal(status int, text []byte) *fault {
	f := new(fault)
	if json.Unmarshal(text, f) != nil || f.Message == "" {
		f.Message = strings.TrimSpace(string(text[:min(len(text), 200)]))
	}
	if f.Message == "" {
		f.Message = http.StatusText(status)
	}
	f.Status = status
	return f
}
