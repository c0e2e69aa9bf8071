package logging

import "bytes"

// Lines is a sink that sends each record as a line. A batch is one write.
type Lines struct{ Conn }

// Write implements Sink.
func (l *Lines) Write(batch [][]byte) (int, error) {
	if err := l.Conn.Write(append(bytes.Join(batch, []byte("\n")), '\n')); err != nil {
		return 0, err
	}
	return len(batch), nil
}
