package logging

import "fmt"

// Datagrams is a sink that sends each record by itself.
type Datagrams struct{ Conn }

// mostDatagram is what fits into a datagram of UDP.
const mostDatagram = 65507

// Write implements Sink.
func (d *Datagrams) Write(batch [][]byte) (int, error) {
	for i, record := range batch {
		if err := d.Conn.Write(record); err != nil {
			if len(record) > mostDatagram {
				err = fmt.Errorf("%w: %w", ErrNever, err)
			}
			return i, err
		}
	}
	return len(batch), nil
}
