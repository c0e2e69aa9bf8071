package daemon

import (
	"encoding/json"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"moongate/edge/sys/proc"
	"moongate/keepalived/role"
)

// A web server whose program is exchanged (USR2) has two masters for a while, and each has a
// keepalived. Only one can speak: the second waits on a socket beside the pid file of the
// first, its heir. When the first is to end, it leaves everything in the system as it is,
// ends its processes as if they had died, and tells the heir what they had left with
// it; the heir's processes go on from there as after a death. The address does not move.
// An heir that gives up, since the exchange is called off, has disturbed nobody.

// legacy is what a keepalived leaves to its heir: what processes of each role have kept.
type legacy map[role.Name]map[string]string

// maxLegacy bounds what an heir reads.
const maxLegacy = 64 << 20

// estate is what a parent has for its heir.
type estate struct {
	listener net.Listener
	news     chan heirNews
	heir     net.Conn // that waits; nil: none
	passing  bool     // it gets everything now
}

// heirNews is an heir that has come, or gone.
type heirNews struct {
	conn net.Conn
	gone bool
}

func heirSocket(pidFile string) string { return strings.TrimSuffix(pidFile, ".pid") + ".heir" }

// openEstate begins to wait for heirs. The umask keeps others than root, or whose we are,
// away from the socket.
func (p *parent) openEstate() {
	if !p.Under {
		return
	}
	path := heirSocket(p.files[""])
	os.Remove(path)
	l, err := net.Listen("unix", path)
	if err == nil {
		err = os.Chmod(path, 0o600)
	}
	if err != nil {
		p.log(role.Warning, "another keepalived can't take over from this one: %s", err)
		return
	}
	p.estate.listener, p.estate.news = l, make(chan heirNews)
	go p.estate.accept(l)
}

func (e *estate) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		e.news <- heirNews{conn: c}
		go func() {
			io.Copy(io.Discard, c) // says nothing, and ends when it is gone
			e.news <- heirNews{conn: c, gone: true}
		}()
	}
}

// heard notes an heir. The last that has come counts.
func (p *parent) heardHeir(n heirNews) {
	e := &p.estate
	switch {
	case !n.gone:
		if e.heir != nil {
			e.heir.Close()
		}
		e.heir = n.conn
		p.log(role.Info, "Another keepalived waits to take over")
	case n.conn == e.heir:
		e.heir.Close()
		e.heir = nil
		p.log(role.Info, "Nobody waits to take over any more")
	}
}

// pass ends this keepalived in favour of its heir.
func (p *parent) pass() {
	p.log(role.Info, "Leaving everything to the keepalived that waits")
	p.stopping, p.estate.passing = true, true
	p.closeOutside()
	p.closeEstate()
	removePID(p.files[""])
	for _, c := range p.children {
		if c.timer != nil {
			c.timer.Stop()
		}
		if c.pid != 0 {
			proc.Kill(c.pid, proc.SIGKILL)
		}
	}
}

func (p *parent) closeEstate() {
	if l := p.estate.listener; l != nil {
		p.estate.listener = nil
		l.Close()
		go func() { // who is on the way in or out need not be heard
			for range p.estate.news {
			}
		}()
	}
}

// bequeath is the last that is done: from then on the heir speaks.
func (p *parent) bequeath() {
	if !p.estate.passing {
		return
	}
	all := legacy{}
	for _, c := range p.children {
		if c.wanted {
			all[c.name] = c.kept
		}
	}
	p.estate.heir.SetDeadline(time.Now().Add(defaultChildWait))
	if err := json.NewEncoder(p.estate.heir).Encode(all); err != nil {
		p.log(role.Err, "the keepalived that waits has not heard what there is: %s", err)
	}
	p.estate.heir.Close()
}

// inherit waits for the keepalived that runs to end in favour of this one. It is false when
// that is not to be; ended says that the wait was called off.
func (p *parent) inherit() (ok, ended bool) {
	if !p.Under {
		return false, false
	}
	conn, err := net.Dial("unix", heirSocket(p.files[""]))
	if err != nil {
		return false, false
	}
	defer conn.Close()
	p.log(role.Info, "Another keepalived is running: waiting to take over from it")
	heard := make(chan legacy, 1)
	go func() {
		var all legacy
		if json.NewDecoder(io.LimitReader(conn, maxLegacy)).Decode(&all) != nil {
			all = nil
		}
		heard <- all
	}()
	for {
		select {
		case p.legacy = <-heard:
			return p.legacy != nil, false
		case <-p.host.Reload: // what it reads when it begins is what it was started with
		case <-p.host.Done:
			return false, true
		}
	}
}
