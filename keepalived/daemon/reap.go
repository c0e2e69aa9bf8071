package daemon

import (
	"os"
	"time"

	"moongate/edge/sys/proc"
	"moongate/keepalived/role"
)

// A child that lives longer than this has worked, as far as pauses between starts
// are concerned.
const lived = 10 * time.Second

// maxPause is the longest time until a child is started again.
const maxPause = time.Minute

// reap takes note of the children that have ended.
func (p *parent) reap() {
	for _, c := range p.children {
		if c.pid == 0 || c.status != nil {
			continue
		}
		if pid, st, err := proc.Reap(c.pid); err == nil && pid != 0 {
			c.status = &st
			p.buryIfQuiet(c)
		}
	}
	if os.Getpid() == 1 {
		// The first process of a container gets orphans that are not its own.
		for {
			if pid, _, err := proc.Reap(-1); err != nil || pid == 0 {
				break
			}
		}
	}
}

// buryIfQuiet buries a child that has ended, once its last words are heard: what it
// has kept counts for the next one.
func (p *parent) buryIfQuiet(c *child) {
	if c.quiet && c.status != nil {
		p.bury(c, *c.status)
	}
}

// bury does what follows from a child's end.
func (p *parent) bury(c *child, st proc.Status) {
	pid := c.pid
	c.pid, c.ready = 0, false
	c.link.close()
	if p.estate.passing {
		return // we have killed it, and the heir has what it leaves
	}
	permanent := p.tellEnd(pid, st)
	switch {
	case p.stopping || !c.wanted:
		// A process that has let go says so by ending well.
		if c.clear || !st.Exited {
			p.clear(c)
		}
		p.checkReady()
		return
	case permanent:
		p.clear(c)
		p.code = role.Failed
		p.quietly()
		return
	case p.NoRespawn:
		p.log(role.Alert, "%s child process(%d) died: Exiting", c.word, pid)
		p.clear(c)
		p.stop()
		return
	}
	p.log(role.Alert, "%s child process(%d) died: Respawning", c.word, pid)
	c.died = true
	if time.Since(c.since) > lived {
		c.deaths = 0
	}
	pause := pauseAfter(c.deaths)
	c.deaths++
	p.log(role.Info, "Restart of %s process delayed %d seconds to limit respawn rate", c.word, pause/time.Second)
	if pause == 0 && p.start(c) {
		return
	}
	// Nobody looks after what it has put into the system until then.
	p.clear(c)
	clear(c.kept)
	c.died = false
	c.timer = time.AfterFunc(max(pause, time.Second), func() { p.again <- c })
}

// pauseAfter is 0, 1, 2, 4 ... seconds.
func pauseAfter(deaths int) time.Duration {
	if deaths == 0 {
		return 0
	}
	return min(time.Second<<min(deaths-1, 10), maxPause)
}

// tellEnd logs how a child has ended, and tells whether starting it again can't help.
func (p *parent) tellEnd(pid int, st proc.Status) (permanent bool) {
	if !st.Exited {
		hint := ""
		if st.Signal == proc.SIGKILL || st.Signal == proc.SIGXCPU {
			hint = " - has rlimit_rttime been exceeded?"
		}
		p.log(role.Info, "pid %d exited due to signal %d (%s)%s", pid, int(st.Signal), st.Signal.Text(), hint)
		return false
	}
	if name := permanentErrors[st.Code]; name != "" {
		p.log(role.Info, "pid %d exited with permanent error %s. Terminating", pid, name)
		return true
	}
	if st.Code != role.OK && !p.stopping {
		p.log(role.Info, "pid %d exited with status %d", pid, st.Code)
	}
	return false
}

var permanentErrors = map[int]string{role.Fatal: "FATAL", role.Config: "CONFIG", role.Software: "PROGRAM ERROR", role.NoMemory: "NO MEMORY"}

// startAgain starts a child whose pause is over.
func (p *parent) startAgain(c *child) {
	c.timer = nil
	if p.stopping || !c.wanted || c.pid != 0 {
		return
	}
	if !p.start(c) {
		c.timer = time.AfterFunc(pauseAfter(c.deaths), func() { p.again <- c })
		c.deaths++
	}
}

// quietly ends the others without a word of our own, as after a permanent error.
func (p *parent) quietly() {
	p.stopping = true
	p.tell(&frame{Kind: isStop})
	p.deadline = time.After(defaultChildWait)
}

// clear removes from the system what a dead child has put there.
func (p *parent) clear(c *child) {
	remove := p.program.Roles[c.name].Clear
	if remove == nil {
		return
	}
	if err := p.inside(func() error { remove(p.config, p.log); return nil }); err != nil {
		p.log(role.Err, "%s process has left things behind: %s", c.word, err)
	}
}
