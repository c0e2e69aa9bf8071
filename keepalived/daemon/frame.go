package daemon

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"time"

	"moongate/keepalived/role"
)

// frame is what goes over the socket between the parent and a child, in either
// direction: four bytes of length, then this as JSON.
type frame struct {
	Kind  kind
	Hello *hello     `json:",omitempty"` // isHello
	Conf  *snapshot  `json:",omitempty"` // isReload
	Key   string     `json:",omitempty"` // isKeep; which question: isAsk, isPart
	Value string     `json:",omitempty"`
	Name  role.Name  `json:",omitempty"` // isMessage: to the parent whom it is for, from the parent whose it is
	Data  []byte     `json:",omitempty"`
	Level role.Level `json:",omitempty"` // isLine

	written chan struct{} // no frame: closed when all before it is written
}

type kind string

const (
	// From the parent.
	isHello      kind = "hello" // the first frame
	isReload     kind = "reload"
	isStop       kind = "stop"
	isData       kind = "data" // dumps
	isStats      kind = "stats"
	isClearStats kind = "clear stats"
	isJSON       kind = "json"
	isAsk        kind = "ask" // how things stand
	// From a child.
	isReady kind = "ready"
	isKeep  kind = "keep"
	isPart  kind = "part" // the answer to isAsk
	isLine  kind = "line" // of the log, where the parent writes it
	// Both ways.
	isMessage kind = "message"
)

// hello is what a process gets to know at its start.
type hello struct {
	Role      role.Name // "": the parent itself, as a daemon
	Version   string
	Options   *options
	Conf      *snapshot
	Namespace string
	PIDFile   string
	Restarted bool
	Kept      map[string]string
	Board     bool // the web server's board is the descriptor behind that of the socket
}

// maxFrame bounds what either side believes of a length.
const maxFrame = 1 << 28

var errFrame = errors.New("a frame between processes is too long")

func writeFrame(w io.Writer, f *frame) error {
	text, err := json.Marshal(f)
	if err != nil {
		return err
	}
	b := make([]byte, 4, 4+len(text))
	binary.BigEndian.PutUint32(b, uint32(len(text)))
	_, err = w.Write(append(b, text...))
	return err
}

func readFrame(r io.Reader) (*frame, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > maxFrame {
		return nil, errFrame
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, err
	}
	f := new(frame)
	return f, json.Unmarshal(text, f)
}

// link is one side of the socket. send never waits: what is sent goes through a
// queue, for the other side may be stopped.
type link struct {
	conn  io.ReadWriteCloser
	queue chan *frame
}

// queueFrames is how many frames may wait; more are lost.
const queueFrames = 1024

func newLink(conn io.ReadWriteCloser) *link {
	l := &link{conn: conn, queue: make(chan *frame, queueFrames)}
	go func() {
		broken := false // nobody is there to read
		for f := range l.queue {
			if f.written != nil {
				close(f.written)
				continue
			}
			broken = broken || writeFrame(l.conn, f) != nil
		}
	}()
	return l
}

// send reports whether there was room.
func (l *link) send(f *frame) bool {
	select {
	case l.queue <- f:
		return true
	default:
		return false
	}
}

// flush waits until what was sent is written, but no longer than a second.
func (l *link) flush() {
	f := &frame{written: make(chan struct{})}
	if l.send(f) {
		select {
		case <-f.written:
		case <-time.After(time.Second):
		}
	}
}

// listen calls got with each frame, at last with nil.
func (l *link) listen(got func(*frame)) {
	for {
		f, err := readFrame(l.conn)
		if err != nil {
			got(nil)
			return
		}
		got(f)
	}
}

func (l *link) close() {
	close(l.queue)
	l.conn.Close()
}
