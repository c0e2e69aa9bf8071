package daemon

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"moongate/keepalived/role"
)

// logger is a process's log: the console, syslog and a file, as the options say.
// Whoever logs never waits: lines go through a queue to a goroutine that writes
// them, since what reads a console or syslog may be stuck, and adverts must go out.
type logger struct {
	ident    atomic.Pointer[string]
	facility int
	console  io.Writer                // nil: not there
	syslog   string                   // path of the socket; empty: no syslog
	file     string                   // path; empty: no file
	line     func(role.Level, string) // nil: nobody else gets the lines

	lines chan entry
	lost  atomic.Int64
	ended sync.WaitGroup
}

type entry struct {
	at     time.Time
	level  role.Level
	text   string
	reopen bool // no line: the file is opened anew
}

// queueLines bounds what waits to be written.
const queueLines = 4096

// newLogger is the log of a process of this role; "" is the parent.
// Where it runs under a web server, line gets the lines too.
func newLogger(o *options, name role.Name, line func(role.Level, string)) *logger {
	l := &logger{facility: o.Facility, lines: make(chan entry, queueLines)}
	l.rename(identOf(name, ""))
	if o.Console && o.Foreground {
		l.console = os.Stderr
	}
	if !o.NoSyslog {
		l.syslog = "/dev/log"
	}
	if o.Under {
		l.line = line
	}
	if o.LogFile != "" {
		l.file = fileOf(o.LogFile, name)
	}
	l.ended.Add(1)
	go l.run()
	return l
}

var idents = map[role.Name]string{"": "Keepalived", role.VRRP: "Keepalived_vrrp", role.Checker: "Keepalived_healthcheckers", role.BFD: "Keepalived_bfd"}

// identOf is the program's name in syslog. With an instance or a network
// namespace that has a name of its own.
func identOf(name role.Name, instance string) string {
	if instance == "" {
		return idents[name]
	}
	return idents[name] + "_" + instance
}

// fileOf puts the role before the last dot of a log file's name.
func fileOf(path string, name role.Name) string {
	_, suffix, _ := strings.Cut(idents[name], "_")
	if suffix == "" {
		return path
	}
	slash := strings.LastIndexByte(path, '/')
	if dot := strings.LastIndexByte(path, '.'); dot > slash {
		return path[:dot] + "_" + suffix + path[dot:]
	}
	return path + "_" + suffix
}

func (l *logger) rename(ident string) { l.ident.Store(&ident) }

// log is a role.Logf.
func (l *logger) log(level role.Level, format string, args ...any) {
	select {
	case l.lines <- entry{at: time.Now(), level: level, text: fmt.Sprintf(format, args...)}:
	default:
		l.lost.Add(1)
	}
}

// reopen opens the log file by its name again, for those who have moved it away.
func (l *logger) reopen() {
	select {
	case l.lines <- entry{reopen: true}:
	default:
	}
}

// close writes what is still to be written, as long as that takes less than a
// second.
func (l *logger) close() {
	close(l.lines)
	done := make(chan struct{})
	go func() { l.ended.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(time.Second):
	}
}

func (l *logger) run() {
	defer l.ended.Done()
	out := outputs{logger: l}
	defer out.close()
	for n := range l.lines {
		if n.reopen {
			out.closeFile()
			continue
		}
		if lost := l.lost.Swap(0); lost > 0 {
			out.write(entry{at: n.at, level: role.Warning, text: fmt.Sprintf("%d lines of the log are lost", lost)})
		}
		out.write(n)
	}
}

// outputs is where the goroutine writes to.
type outputs struct {
	*logger
	conn net.Conn
	f    *os.File
}

func (o *outputs) write(n entry) {
	// A line has no line breaks, whoever put some into a name.
	text := strings.ReplaceAll(n.text, "\n", " ")
	if o.console != nil || o.file != "" {
		dated := n.at.Format("Mon Jan _2 15:04:05 2006") + ": " + text + "\n"
		if o.console != nil {
			io.WriteString(o.console, dated)
		}
		if o.file != "" && o.openFile() {
			o.f.WriteString(dated)
		}
	}
	if o.line != nil {
		o.line(n.level, text)
	}
	if o.syslog != "" {
		o.send(fmt.Sprintf("<%d>%s %s[%d]: %s", o.facility<<3|int(n.level), n.at.Format(time.Stamp), *o.ident.Load(), os.Getpid(), text))
	}
}

func (o *outputs) openFile() bool {
	if o.f == nil {
		// The mask of the process is for what it dumps; a log is read by others too.
		f, err := os.OpenFile(o.file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
		if err != nil {
			return false
		}
		f.Chmod(0o644)
		o.f = f
	}
	return true
}

func (o *outputs) closeFile() {
	if o.f != nil {
		o.f.Close()
		o.f = nil
	}
}

// send connects when it must: syslog may be started after us, or anew.
func (o *outputs) send(datagram string) {
	for range 2 {
		if o.conn == nil {
			conn, err := net.Dial("unixgram", o.syslog)
			if err != nil {
				return
			}
			o.conn = conn
		}
		o.conn.SetWriteDeadline(time.Now().Add(time.Second))
		if _, err := io.WriteString(o.conn, datagram); err == nil {
			return
		}
		o.conn.Close()
		o.conn = nil
	}
}

func (o *outputs) close() {
	o.closeFile()
	if o.conn != nil {
		o.conn.Close()
	}
}
