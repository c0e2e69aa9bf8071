package logging

// Datagrams is a sink that sends each record by itself.
type Datagrams struct {
	Conn
	sent int // of the batch that has failed
}

// Write implements Sink. What has been sent is not sent again with the rest.
func (d *Datagrams) Write(batch [][]byte) error {
	for ; d.sent < len(batch); d.sent++ {
		if err := d.Conn.Write(batch[d.sent]); err != nil {
			return err
		}
	}
	d.sent = 0
	return nil
}
