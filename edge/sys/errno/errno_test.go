package errno

import (
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
)

func TestNumber(t *testing.T) {
	_, missing := os.Open("/nonexistent/x")
	for _, c := range []struct {
		err  error
		n    Error
		text string
	}{
		{missing, 2, "No such file or directory"},
		{fmt.Errorf("wrapped: %w", New(98)), 98, "Address already in use"},
		{nil, 0, "Unknown error 0"},
		{errors.New("plain"), 0, "Unknown error 0"},
		{New(4000), 4000, "Unknown error 4000"},
		{New(41), 41, "Unknown error 41"},
		{New(133), 133, "Memory page has hardware error"},
	} {
		if n := Number(c.err); n != c.n {
			t.Errorf("%v: number %d, want %d", c.err, n, c.n)
		}
		if text := Text(c.n); text != c.text {
			t.Errorf("%d: %q, want %q", c.n, text, c.text)
		}
	}
}

func TestFailed(t *testing.T) {
	refused := fmt.Errorf("upstream: %w", os.NewSyscallError("connect", ECONNREFUSED))
	for _, c := range []struct {
		err  error
		want string
	}{
		{refused, "connect() failed (111: Connection refused)"},
		{os.NewSyscallError("recv", ECONNRESET), "recv() failed (104: Connection reset by peer)"},
		{io.EOF, "EOF"},
	} {
		if got := Failed(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
	if got := string(Append(nil, os.ErrDeadlineExceeded)); got != " (110: Connection timed out)" {
		t.Errorf("timeout: %q", got)
	}
}
