package snmp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"moongate/edge/wire/agentx"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

const (
	patience  = 5 * time.Second  // for an answer of snmpd, as net-snmp has it
	pingEvery = 15 * time.Second // agentXPingInterval of net-snmp
	lifeOfMap = time.Second      // of a view, when somebody reads
	askTime   = time.Second      // for the process to say how things stand
	waiting   = 256              // traps
	firstWait = time.Second      // until the next attempt to connect; doubles
	lastWait  = 15 * time.Second
)

// Tree is a part of the tree of names that is served. Of several sessions that serve the
// same the one with the lowest number is asked.
type Tree struct {
	Name     agentx.OID
	Priority uint8
}

// Link is the line to snmpd. All methods are for any goroutine, and none waits.
type Link struct {
	socket string
	trees  []Tree
	key    config.SNMP
	build  func(l *Link) *view // asks the process; nil: it does not answer
	log    role.Logf

	traps chan []agentx.Variable
	stop  chan struct{}
	over  chan struct{}

	// What follows is the goroutine's.
	conn    net.Conn
	session uint32
	booted  time.Time // when sysUpTime was 0
	packet  uint32
	buf     []byte
	view    *view
	made    time.Time
	pending map[uint32][]change // by transaction: what TestSet has found good
	said    bool                // that snmpd is away
	failed  error               // of writing
}

// change is a variable that is about to be written.
type change struct {
	write    *write
	new, old int
}

// begin starts the goroutine, which waits until another has ended.
func (l *Link) begin(after *Link) {
	l.traps = make(chan []agentx.Variable, waiting)
	l.stop, l.over = make(chan struct{}), make(chan struct{})
	l.log(role.Info, "Starting SNMP")
	go func() {
		defer close(l.over)
		if after != nil {
			<-after.over
		}
		l.run()
	}()
}

// Close ends the session after the traps that are queued, and waits for that only so
// long.
func (l *Link) Close(patience time.Duration) {
	if l == nil {
		return
	}
	close(l.stop)
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-l.over:
	case <-t.C:
	}
}

// send queues a trap. When the queue is full it is lost.
func (l *Link) send(trap agentx.OID, vars ...agentx.Variable) {
	list := append([]agentx.Variable{{Name: trapName, Value: agentx.Object(trap)}}, vars...)
	select {
	case l.traps <- list:
	default:
	}
}

// trapName is snmpTrapOID.0, the variable that says which trap it is.
var trapName = agentx.MustOID("1.3.6.1.6.3.1.1.4.1.0")

func (l *Link) run() {
	wait := firstWait
	for {
		err := l.connect()
		if err == nil {
			wait = firstWait
			l.said = false
			err = l.serve()
			l.conn.Close()
			if err == nil {
				return
			}
			l.log(role.Warning, "AgentX master disconnected us, reconnecting in %d", wait/time.Second)
			l.said = true
		} else if !l.said {
			l.log(role.Warning, "Warning: Failed to connect to the agentx master agent (%s): %v", l.socket, err)
			l.said = true
		}
		l.view, l.pending = nil, nil
		if !l.sleep(wait) {
			return
		}
		wait = min(2*wait, lastWait)
	}
}

// sleep waits until it is time to try again; traps of the meantime are lost.
func (l *Link) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	for {
		select {
		case <-l.stop:
			return false
		case <-l.traps:
		case <-t.C:
			return true
		}
	}
}

// connect opens the session and registers what is served.
func (l *Link) connect() error {
	network, addr, err := transport(l.socket)
	if err != nil {
		return err
	}
	if l.conn, err = net.DialTimeout(network, addr, patience); err != nil {
		return reason(err)
	}
	if err = l.open(); err != nil {
		l.conn.Close()
	}
	return err
}

func (l *Link) open() error {
	l.session, l.failed = 0, nil
	l.conn.SetReadDeadline(time.Now().Add(patience))
	defer l.conn.SetReadDeadline(time.Time{})
	r, err := l.request(&agentx.PDU{Header: agentx.Header{Type: agentx.Open}, Name: keepalived, Description: "keepalived"})
	if err != nil {
		return err
	}
	l.session = r.Session
	l.booted = time.Now().Add(-time.Duration(r.Uptime) * tick)
	for _, t := range l.trees {
		_, err := l.request(&agentx.PDU{Header: agentx.Header{Type: agentx.Register}, Priority: t.Priority, Name: t.Name})
		var refused refusal
		if errors.As(err, &refused) {
			l.log(role.Warning, "AgentX master does not let us serve %v: error %d", t.Name, refused)
		} else if err != nil {
			return err
		}
	}
	l.log(role.Info, "AgentX session is open")
	return nil
}

// refusal is an error that snmpd answers with.
type refusal agentx.Error

func (r refusal) Error() string { return fmt.Sprintf("refused with error %d", uint16(r)) }

// request sends a PDU and waits for its answer; nothing else comes before the session
// is open and something is registered, but what comes all the same is answered.
func (l *Link) request(p *agentx.PDU) (*agentx.PDU, error) {
	if err := l.write(p); err != nil {
		return nil, err
	}
	for {
		r, err := read(l.conn)
		switch {
		case err != nil:
			return nil, reason(err)
		case r.Type != agentx.Response:
			l.answer(r)
		case r.Packet == p.Packet && r.Error != agentx.NoError:
			return nil, refusal(r.Error)
		case r.Packet == p.Packet:
			return r, nil
		}
	}
}

// write sends a PDU of ours.
func (l *Link) write(p *agentx.PDU) error {
	l.packet++
	p.Session, p.Packet = l.session, l.packet
	return l.put(p)
}

func (l *Link) put(p *agentx.PDU) (err error) {
	if l.buf, err = p.Append(l.buf[:0]); err != nil {
		return err
	}
	l.conn.SetWriteDeadline(time.Now().Add(patience))
	_, err = l.conn.Write(l.buf)
	return err
}

// serve answers until the session ends; without an error only when that is wanted.
func (l *Link) serve() error {
	in, gone := make(chan *agentx.PDU), make(chan struct{})
	defer close(gone)
	var last error
	go func() {
		defer close(in)
		b := bufio.NewReader(l.conn)
		for {
			p, err := read(b)
			if err != nil {
				last = err
				return
			}
			select {
			case in <- p:
			case <-gone:
				return
			}
		}
	}()
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	idle := time.NewTimer(lifeOfMap)
	defer idle.Stop()
	heard := true
	for l.failed == nil {
		select {
		case <-l.stop:
			l.leave()
			return nil
		case vars := <-l.traps:
			l.failed = l.notify(vars)
		case p, ok := <-in:
			if !ok {
				return last
			}
			heard = true
			if p.Type == agentx.Close {
				return io.EOF
			}
			l.failed = l.answer(p)
			idle.Reset(lifeOfMap)
		case <-idle.C:
			l.view = nil
		case <-ping.C:
			if !heard {
				return os.ErrDeadlineExceeded
			}
			heard = false
			l.failed = l.write(&agentx.PDU{Header: agentx.Header{Type: agentx.Ping}})
		}
	}
	return l.failed
}

func (l *Link) notify(vars []agentx.Variable) error {
	return l.write(&agentx.PDU{Header: agentx.Header{Type: agentx.Notify}, Vars: vars})
}

// leave sends what is queued, and ends the session.
func (l *Link) leave() {
	for l.failed == nil {
		select {
		case vars := <-l.traps:
			l.failed = l.notify(vars)
		default:
			l.failed = l.write(&agentx.PDU{Header: agentx.Header{Type: agentx.Close}, Reason: agentx.ReasonShutdown})
			return
		}
	}
}

// read takes a PDU off the connection.
func read(r io.Reader) (*agentx.PDU, error) {
	var head [agentx.HeaderSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	h, err := agentx.ParseHeader(head[:])
	if err != nil {
		return nil, err
	}
	payload := make([]byte, h.Length)
	if _, err := io.ReadFull(r, payload); err != nil {
		return nil, err
	}
	p := new(agentx.PDU)
	return p, p.Parse(h, payload)
}

// reason is an error without what everybody knows.
func reason(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}
