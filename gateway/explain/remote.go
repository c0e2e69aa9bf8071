package explain

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/gateway/client"
)

// Ask asks a running gateway by its Admin API.
func Ask(admin, token string, q *Request) (*Answer, []byte, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return nil, nil, err
	}
	loop, err := event.New()
	if err != nil {
		return nil, nil, err
	}
	done := make(chan struct{})
	go func() { loop.Run(); close(done) }()
	defer func() { loop.Stop(); <-done }()
	c := &client.Client{Loop: loop, Timeout: 10 * time.Second, Most: 16 << 20}
	ask := &client.Request{Method: "POST", URL: strings.TrimSuffix(admin, "/") + "/explain", Body: body,
		Header: []http1.Header{{Name: "Content-Type", Value: "application/json"}}}
	if token != "" {
		ask.Header = append(ask.Header, http1.Header{Name: "Authorization", Value: "Bearer " + token})
	}
	got := make(chan error, 1)
	var reply *client.Answer
	loop.Go(func() {
		var err error
		reply, err = c.Do(ask)
		got <- err
	})
	if err := <-got; err != nil {
		return nil, nil, err
	}
	if reply.Status != 200 {
		var said struct {
			Message string `json:"message"`
		}
		if json.Unmarshal(reply.Body, &said) != nil || said.Message == "" {
			said.Message = "that is no Admin API of this program"
		}
		return nil, nil, fmt.Errorf("%s answers %d: %s", admin, reply.Status, said.Message)
	}
	a := new(Answer)
	if err := json.Unmarshal(reply.Body, a); err != nil {
		return nil, nil, errors.New(admin + " answers what is no explanation")
	}
	return a, reply.Body, nil
}
