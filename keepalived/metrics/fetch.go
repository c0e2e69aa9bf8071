package metrics

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// maxStatus bounds what Fetch reads.
const maxStatus = 64 << 20

// Fetch asks a Server on a unix socket for /status.
func Fetch(socket string) ([]byte, error) {
	c := http.Client{Timeout: patience + 3*time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", socket)
	}}}
	r, err := c.Get("http://keepalived/status")
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", socket, r.Status)
	}
	return io.ReadAll(io.LimitReader(r.Body, maxStatus))
}
