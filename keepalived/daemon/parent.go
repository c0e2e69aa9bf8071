package daemon

import (
	"os"
	"time"

	"moongate/edge/sys/netns"
	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// parent is the process that starts the others. It has one goroutine.
type parent struct {
	*options
	program Program
	host    Host
	logger  *logger
	log     role.Logf

	conf      *snapshot
	config    *config.Config
	namespace string
	netns     *netns.Space // where the children are; nil: where we are
	files     pidFiles
	launcher  *link // waits to hear that we run

	outside  outside
	schedule schedule
	estate   estate   // for an heir
	legacy   legacy   // of who was before us; nil: nobody
	reads    int      // of the configuration
	children []*child // in the order in which they are started
	signals  chan proc.Signal
	heard    chan heard
	again    chan *child // to be started after a pause

	reloading bool // until all children are ready
	pending   bool // a further reload was asked for meanwhile
	complete  bool // the first start is
	stopping  bool
	deadline  <-chan time.Time // of stopping
	code      int
}

// heard is a frame of a child, or nil when it has closed its socket. link tells
// the process apart from the one before in its place.
type heard struct {
	c     *child
	link  *link
	frame *frame
}

// caught are the signals of the parent. Those without a meaning are caught to be
// dropped: ignoring them would be inherited by every script.
var caught = []proc.Signal{
	proc.SIGHUP, proc.SIGTERM, proc.SIGINT, proc.SIGUSR1, proc.SIGUSR2, proc.SIGCHLD, sigJSON, sigClearStats,
	proc.SIGQUIT, proc.SIGPIPE, proc.SIGALRM, proc.SIGWINCH, proc.SIGIO,
}

// The realtime signals: SIGRTMIN+2 and SIGRTMAX-1, as the C library counts them.
const (
	sigJSON       proc.Signal = 36
	sigClearStats proc.Signal = 63
)

// run is the parent's life.
func (p *parent) run() int {
	p.signals = make(chan proc.Signal, 64)
	p.heard = make(chan heard, 64)
	p.again = make(chan *child, 8)
	proc.Catch(p.signals, caught...)
	if p.config.Global.MaxAuto == 0 && p.config.Global.VRRP.RealTime == 0 {
		p.log(role.Info, "NOTICE: setting config option max_auto_priority should result in better keepalived performance")
	}
	p.runScript("startup", &p.config.Global.StartupScript, p.config.Global.StartupTimeout)
	p.openOutside()
	p.openEstate()
	p.followSchedule()
	p.startChildren()
	p.checkReady()
	late := time.After(readyPatience)
	for !p.ended() {
		select {
		case s := <-p.signals:
			p.signal(s)
		case h := <-p.heard:
			p.hear(h)
		case c := <-p.again:
			p.startAgain(c)
		case <-p.deadline:
			p.killChildren()
		case <-late:
			p.tellLauncher()
		case q := <-p.outside.asks:
			p.ask(q)
		case n := <-p.estate.news:
			p.heardHeir(n)
		case <-p.schedule.changed:
			p.readSchedule()
		case <-p.schedule.due:
			p.onSchedule()
		case <-p.host.Reload:
			p.reload()
		case <-p.host.Done:
			p.host.Done = nil
			p.stop()
		}
	}
	p.schedule.close()
	if p.estate.passing {
		return p.code
	}
	p.closeEstate()
	p.closeOutside()
	p.runScript("shutdown", &p.config.Global.ShutdownScript, p.config.Global.ShutdownTimeout)
	return p.code
}

// readyPatience is how long the shell waits for the children to be ready.
const readyPatience = 2 * time.Second

// tellLauncher lets the process that the shell waits for end well.
func (p *parent) tellLauncher() {
	if p.launcher != nil {
		p.launcher.send(&frame{Kind: isReady})
		p.launcher = nil
	}
}

// ended tells whether we are stopping and all children are gone.
func (p *parent) ended() bool {
	if !p.stopping {
		return false
	}
	for _, c := range p.children {
		if c.pid != 0 {
			return false
		}
	}
	return true
}

func (p *parent) signal(s proc.Signal) {
	switch s {
	case proc.SIGCHLD:
		p.reap()
	case proc.SIGTERM:
		p.stop()
	case proc.SIGINT:
		if !p.IgnoreINT {
			p.stop()
		}
	case proc.SIGHUP:
		p.reload()
	case proc.SIGUSR1:
		p.dump()
		p.tell(&frame{Kind: isData})
	case proc.SIGUSR2:
		p.tell(&frame{Kind: isStats})
	case sigClearStats:
		p.tell(&frame{Kind: isClearStats})
	case sigJSON:
		p.tell(&frame{Kind: isJSON})
	}
}

func (p *parent) tell(f *frame) {
	for _, c := range p.children {
		c.send(f)
	}
}

// stop tells all children to let go, and gives them some time for it.
func (p *parent) stop() {
	if p.stopping {
		return
	}
	if p.estate.heir != nil {
		p.pass()
		return
	}
	p.stopping = true
	p.log(role.Info, "Stopping")
	notifySystemd(os.Getenv("NOTIFY_SOCKET"), "STOPPING=1")
	p.tell(&frame{Kind: isStop})
	wait := p.config.Global.ChildWait
	if wait == 0 {
		wait = defaultChildWait
	}
	p.deadline = time.After(wait + drain(p.config, p.host.Board))
}

const defaultChildWait = 5 * time.Second

// killChildren ends what has not stopped in time, and what it has left behind.
func (p *parent) killChildren() {
	for _, c := range p.children {
		if c.pid != 0 {
			if c.status != nil { // ended, and somebody else holds its socket
				c.quiet = true
				p.buryIfQuiet(c)
				continue
			}
			p.log(role.Warning, "%s process(%d) has not stopped in time, killing it", c.word, c.pid)
			proc.Kill(c.pid, proc.SIGKILL)
			c.clear = true
		}
	}
}

func (p *parent) hear(h heard) {
	if h.link != h.c.link || h.c.pid == 0 {
		return
	}
	if h.frame == nil {
		h.c.quiet = true
		p.buryIfQuiet(h.c)
		return
	}
	switch f := h.frame; f.Kind {
	case isReady:
		h.c.ready = true
		p.checkReady()
	case isKeep:
		if f.Value == "" {
			delete(h.c.kept, f.Key)
		} else {
			h.c.kept[f.Key] = f.Value
		}
	case isPart:
		p.answer(f)
	case isLine:
		if p.line != nil {
			p.line(f.Level, f.Value)
		}
	case isMessage:
		for _, c := range p.children {
			if c.name == f.Name {
				c.send(&frame{Kind: isMessage, Name: h.c.name, Data: f.Data})
			}
		}
	}
}

// checkReady notes that a start or a reload is complete, once all children say so.
func (p *parent) checkReady() {
	for _, c := range p.children {
		if !c.ready && c.wanted {
			return
		}
	}
	switch {
	case p.stopping:
		return
	case !p.complete:
		p.complete = true
		p.log(role.Info, "Startup complete")
		p.tellLauncher()
	case p.reloading:
		p.reloading = false
		p.log(role.Info, "Reload complete")
	default:
		return
	}
	notifySystemd(os.Getenv("NOTIFY_SOCKET"), "READY=1")
	time.AfterFunc(shrinkAfter, proc.Shrink)
	if p.pending {
		p.pending = false
		p.log(role.Info, "Processing queued reload")
		p.reload()
	}
}

// shrinkAfter is when a process gives back what it has needed to start or to reload: once
// instances have come to their states.
const shrinkAfter = 10 * time.Second

// runScript runs the script of the start or the end and waits for it.
func (p *parent) runScript(kind string, c *config.Command, timeout time.Duration) {
	if c.Set() {
		runAndWait(kind, c, timeout, p.log)
	}
}
