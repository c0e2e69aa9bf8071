package httplog

import (
	"bufio"
	"bytes"
	"fmt"

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
	a, err := logging.ReadAnswer(bufio.NewReader(conn))
	if err != nil || !a.Keep {
		s.conn.Close()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.conn.Address, err)
	}
	if a.Status >= 300 {
		return fmt.Errorf("request to %s returned status code %d and body %s", s.conn.Address, a.Status, a.Body)
	}
	return nil
}

// Close implements logging.Sink.
func (s *sink) Close() { s.conn.Close() }
