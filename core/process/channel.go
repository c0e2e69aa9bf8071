package process

import (
	"os"

	"moongate/edge/sys/proc"
)

// message is what goes over the channel between a master and a child: one byte.
type message byte

const (
	cmdQuit      message = 'q' // to the child: end gracefully
	cmdTerminate message = 't' // to the child: end at once
	cmdReopen    message = 'r' // to the child: open logs again
	cmdReload    message = 'h' // to a child that stays: the generation has changed
	saysReady    message = 'R' // from the child: serving
	gone         message = 0   // the other side has ended
)

// channel is one side of it.
type channel struct{ f *os.File }

func newChannel(fd int) *channel { return &channel{proc.File(fd, "channel")} }

// send never waits: a full channel means that the other side does not listen.
func (c *channel) send(m message) error {
	_, err := c.f.Write([]byte{byte(m)})
	return err
}

// listen calls got with each message, at last with gone.
func (c *channel) listen(got func(message)) {
	buf := make([]byte, 16)
	for {
		n, err := c.f.Read(buf)
		if err != nil {
			got(gone)
			return
		}
		for _, m := range buf[:n] {
			got(message(m))
		}
	}
}

func (c *channel) close() { c.f.Close() }
