package httplog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"strings"

	"moongate/gateway/plugin/logging"
)

// sink sends batches, each as one request.
type sink struct {
	head   string // the request without its length
	single bool   // a batch is one record, and no list
	lines  bool   // records are lines, and no JSON
	conn   logging.Conn
	out    []byte
}

// Write implements logging.Sink.
func (s *sink) Write(batch [][]byte) (int, error) {
	if err := s.send(s.body(batch)); err != nil {
		return 0, err
	}
	return len(batch), nil
}

func (s *sink) body(batch [][]byte) []byte {
	switch {
	case s.lines:
		return append(bytes.Join(batch, []byte("\n")), '\n')
	case s.single:
		return batch[0]
	}
	return append(append([]byte{'['}, bytes.Join(batch, []byte(","))...), ']')
}

// send sends a request. Any answer from 300 on is a failure.
func (s *sink) send(body []byte) error {
	s.out = fmt.Appendf(s.out[:0], "%sContent-Length: %d\r\n\r\n", s.head, len(body))
	s.out = append(s.out, body...)
	conn, err := s.conn.Get()
	if err != nil {
		return err
	}
	if _, err := conn.Write(s.out); err != nil {
		s.conn.Close()
		return err
	}
	status, text, keep, err := answer(bufio.NewReader(conn))
	if err != nil || !keep {
		s.conn.Close()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.conn.Address, err)
	}
	if status >= 300 {
		return fmt.Errorf("request to %s returned status code %d and body %s", s.conn.Address, status, text)
	}
	return nil
}

// Close implements logging.Sink.
func (s *sink) Close() { s.conn.Close() }

// mostBody is how much of an answer is read; of a longer one the connection is given up.
const mostBody = 64 << 10

var errAnswer = errors.New("the answer is not HTTP/1")

// answer reads an answer. keep tells that the connection may be used again.
func answer(in *bufio.Reader) (status int, body string, keep bool, err error) {
	for status < 200 { // 100 Continue is not the answer yet
		var h textproto.MIMEHeader
		t := textproto.NewReader(in)
		line, err := t.ReadLine()
		if err != nil {
			return 0, "", false, err
		}
		version, rest, _ := strings.Cut(line, " ")
		code, _, _ := strings.Cut(rest, " ")
		if status, err = strconv.Atoi(code); err != nil || !strings.HasPrefix(version, "HTTP/1.") || status < 100 {
			return 0, "", false, errAnswer
		}
		if h, err = t.ReadMIMEHeader(); err != nil {
			return 0, "", false, err
		}
		if status < 200 {
			continue
		}
		keep = version == "HTTP/1.1" && !strings.EqualFold(h.Get("Connection"), "close")
		body, whole, err := remainder(in, status, h)
		return status, body, keep && whole, err
	}
	return 0, "", false, errAnswer
}

// remainder reads the body; whole tells that the connection stands behind it.
func remainder(in *bufio.Reader, status int, h textproto.MIMEHeader) (body string, whole bool, err error) {
	switch {
	case status == 204 || status == 304:
		return "", true, nil
	case h.Get("Transfer-Encoding") != "":
		// Chunks are of use for the error log only: what has come with the header will do.
		b, err := in.Peek(in.Buffered())
		return string(b), false, err
	case h.Get("Content-Length") != "":
		n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
		if err != nil || n < 0 {
			return "", false, errAnswer
		}
		b := make([]byte, min(n, mostBody))
		_, err = io.ReadFull(in, b)
		return string(b), n <= mostBody, err
	}
	b, err := io.ReadAll(io.LimitReader(in, mostBody))
	return string(b), false, err
}
