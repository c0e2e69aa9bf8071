package grpc

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd/upstreamhttp"
)

// fields takes a header, or the trailers. A header that ends the stream has both in one: what
// is gRPC's becomes trailers, which all clients understand.
func (x *exchange) fields(u *upstreamhttp.Upstream) error {
	list := x.in.fields
	if x.header {
		if !x.in.last {
			return errors.New("a second header")
		}
		for i := range list {
			if !valid(&list[i]) {
				return fmt.Errorf("the field %q", list[i].Name)
			}
			u.In.Trailers = append(u.In.Trailers, list[i])
		}
		x.done = true
		return x.whole(u)
	}
	if len(list) == 0 || list[0].Name != ":status" {
		return errors.New("no status")
	}
	status, err := strconv.Atoi(list[0].Value)
	if err != nil || status < 100 || status > 999 {
		return fmt.Errorf("the status %q", list[0].Value)
	}
	if status < 200 {
		if x.in.last {
			return errors.New("an interim header that is the last one")
		}
		if x.hints = status == 103 && u.Conf.PassEarlyHints; !x.hints {
			return nil
		}
		return x.lines(u, list[1:])
	}
	u.Status(status)
	u.In.Status, u.In.Length = status, -1
	x.header, x.done = true, x.in.last
	if err := x.lines(u, list[1:]); err != nil {
		return err
	}
	if x.to != nil {
		return nil
	}
	if x.done {
		u.In.Length, u.R.ExpectTrailers = 0, false
		return x.whole(u)
	}
	u.R.ExpectTrailers = u.In.Length <= 0 // HTTP/1 has no place for them behind a length
	return nil
}

// lines takes the lines of a header.
func (x *exchange) lines(u *upstreamhttp.Upstream, list []http1.Header) error {
	for i := range list {
		h := &list[i]
		switch {
		case !valid(h):
			return fmt.Errorf("the field %q", h.Name)
		case x.done && x.to != nil && strings.HasPrefix(h.Name, "grpc-"):
			u.In.Trailers = append(u.In.Trailers, *h)
		case h.ID == http1.ContentLength:
			n, err := strconv.ParseInt(h.Value, 10, 64)
			if err != nil || n < 0 {
				return fmt.Errorf("the length %q", h.Value)
			}
			x.left = n
			if x.to == nil {
				u.In.Length = n
			}
		default:
			u.TakeHeader(h)
		}
	}
	return nil
}

// whole tells whether as much has come as the header has said.
func (x *exchange) whole(u *upstreamhttp.Upstream) error {
	if x.left > 0 && u.R.Method != http1.HEAD {
		return errors.New("a message that is shorter than its length")
	}
	return nil
}

// valid tells whether a field may go on, be it by HTTP/1.
func valid(h *http1.Header) bool {
	return h.Name != "" && !strings.ContainsAny(h.Name, " \t\r\n\x00:ABCDEFGHIJKLMNOPQRSTUVWXYZ") && !strings.ContainsAny(h.Value, "\r\n\x00")
}
