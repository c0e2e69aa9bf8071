package feed

import (
	"bufio"
	"encoding/json"
	"errors"
	"net"
	"time"
)

// Fetch gets the state once, without an event loop: for a worker that does not serve yet.
// It waits for a server that is not there yet, until the time is over.
func Fetch(path, secret string, w Worker, timeout time.Duration) ([]byte, error) {
	deadline := time.Now().Add(timeout)
	for {
		body, err := fetch(path, secret, w, deadline)
		if err == nil || time.Now().Add(firstPause).After(deadline) {
			return body, err
		}
		time.Sleep(firstPause)
	}
}

func fetch(path, secret string, w Worker, deadline time.Time) ([]byte, error) {
	c, err := net.Dial("unix", path)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	c.SetDeadline(deadline)
	greet, err := json.Marshal(greeting{secret, w})
	if err != nil {
		return nil, err
	}
	if _, err := c.Write(AppendFrame(nil, hello, greet)); err != nil {
		return nil, err
	}
	k, body, err := readFrame(bufio.NewReader(c), nil, MaxFrame)
	if err == nil && k != State {
		err = errors.New("the first frame is not the state")
	}
	return body, err
}
