package opentelemetry

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"moongate/edge/wire/http2"
	"moongate/gateway/plugin/logging"
)

// said is a connection whose other side has said all already.
type said struct {
	net.Conn
	io.Reader
}

func (s said) Read(b []byte) (int, error)       { return s.Reader.Read(b) }
func (s said) Write(b []byte) (int, error)      { return len(b), nil }
func (s said) SetDeadline(time.Time) error      { return nil }
func (s said) SetReadDeadline(time.Time) error  { return nil }
func (s said) SetWriteDeadline(time.Time) error { return nil }

func hear(in []byte, message int) (*call, error) {
	c := &channel{conn: said{Reader: bytes.NewReader(in)}, in: bufio.NewReader(bytes.NewReader(in)), window: http2.FirstWindow, initial: http2.FirstWindow, frame: http2.LeastFrame}
	err := c.talk(make([]byte, message))
	return &c.call, err
}

func answer(fields ...string) []byte {
	var list []byte
	for i := 0; i < len(fields); i += 2 {
		list = http2.AppendField(list, fields[i], fields[i+1])
	}
	return http2.AppendHeaders(nil, list, 1, true)
}

// Whatever a collector says, the call ends, and what is kept of it is bounded.
func FuzzChannel(f *testing.F) {
	f.Add(answer(":status", "200", "grpc-status", "0"), 5)
	f.Add(answer(":status", "200", "grpc-status", "8", "grpc-message", "a%20b", "grpc-status-details-bin", "CAgaNgoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIKCggIAhCAyrXuAQ"), 100000)
	f.Add(http2.AppendHead(nil, 0, http2.Data, http2.EndStream|http2.Padded, 1), 1)
	f.Add(append(http2.AppendHead(nil, 6, http2.Settings, 0, 0), 0, 4, 0xff, 0xff, 0xff, 0xff), 1)
	f.Add(append(http2.AppendHead(nil, 8, http2.GoAway, 0, 0), 0, 0, 0, 0, 0, 0, 0, 1), 1)
	f.Fuzz(func(t *testing.T, in []byte, message int) {
		if message < 0 || message > 1<<20 {
			return
		}
		k, err := hear(in, message)
		if err == nil != k.ended || len(k.body) > mostAnswer {
			t.Errorf("%v, %v, %d bytes", err, k.ended, len(k.body))
		}
		k.judge()
	})
}

func TestJudge(t *testing.T) {
	const retry = "CAgaNgoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIKCggIAhCAyrXuAQ" // google.rpc.Status with RetryInfo, 2.5 s
	for _, c := range []struct {
		fields []string
		again  bool
		after  time.Duration
	}{
		{[]string{":status", "200", "grpc-status", "14"}, true, 0},
		{[]string{":status", "200", "grpc-status", "8"}, false, 0},
		{[]string{":status", "200", "grpc-status", "8", "grpc-status-details-bin", "!"}, false, 0},
		{[]string{":status", "200", "grpc-status", "8", "grpc-status-details-bin", retry}, true, 2500 * time.Millisecond},
		{[]string{":status", "200", "grpc-status", "14", "grpc-status-details-bin", retry + "="}, true, 2500 * time.Millisecond},
		{[]string{":status", "200", "grpc-status", "12", "grpc-status-details-bin", retry}, false, 0},
		{[]string{":status", "200", "grpc-status", "12"}, false, 0},
		{[]string{":status", "200"}, false, 0},
		{[]string{":status", "503"}, true, 0},
		{[]string{":status", "429"}, true, 0},
		{[]string{":status", "404"}, false, 0},
		{[]string{":status", "503", "grpc-status", "12"}, false, 0},
	} {
		k, err := hear(answer(c.fields...), 1)
		if err != nil {
			t.Fatal(err)
		}
		_, err = k.judge()
		if err == nil || errors.Is(err, logging.ErrNone) == c.again {
			t.Errorf("%v: %v", c.fields, err)
		}
		var after time.Duration
		if later, ok := errors.AsType[logging.Later](err); ok {
			after = later.After()
		}
		if after != c.after {
			t.Errorf("%v: again after %v", c.fields, after)
		}
	}
}
