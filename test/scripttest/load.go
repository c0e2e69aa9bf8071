package scripttest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// load keeps requests coming over keep-alive connections while the script does
// something else, and counts those that fail.
type load struct {
	addr, path string
	done       chan struct{}
	once       sync.Once
	wg         sync.WaitGroup
	answered   atomic.Int64
	mu         sync.Mutex
	faults     []string
}

// loadVerb: load start [-c CLIENTS] PATH; load more waits for further answers; load stop: none failed.
func (w *world) loadVerb(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "load start [-c CLIENTS] PATH | load more | load stop")
	switch args[0] {
	case "start":
		clients := 4
		args = args[1:]
		if len(args) > 2 && args[0] == "-c" {
			n, err := strconv.Atoi(args[1])
			ts.Check(err)
			clients, args = n, args[2:]
		}
		need(ts, args, 1, "load start [-c CLIENTS] PATH")
		w.load = &load{addr: "127.0.0.1:" + ts.Getenv("port:main"), path: args[0], done: make(chan struct{})}
		for range clients {
			w.load.wg.Go(w.load.run)
		}
		w.more(ts)
	case "more":
		w.more(ts)
	case "stop":
		w.more(ts)
		w.load.stop()
		if len(w.load.faults) > 0 {
			ts.Fatalf("load: %d of %d requests failed: %s", len(w.load.faults), w.load.answered.Load(), w.load.faults[0])
		}
		ts.Logf("load: %d requests answered, none failed", w.load.answered.Load())
	}
}

func (w *world) more(ts *testscript.TestScript) {
	goal := w.load.answered.Load() + 50
	if !until(func() bool { return w.load.answered.Load() >= goal }) {
		ts.Fatalf("load: requests are no longer answered: %v", w.load.faults)
	}
}

func (l *load) stop() {
	l.once.Do(func() { close(l.done) })
	l.wg.Wait()
}

func (l *load) stopping() bool {
	select {
	case <-l.done:
		return true
	default:
		return false
	}
}

func (l *load) run() {
	for !l.stopping() {
		if err := l.connection(); err != nil {
			l.mu.Lock()
			l.faults = append(l.faults, err.Error())
			l.mu.Unlock()
		}
	}
}

// connection sends requests until the server ends the connection. A server may
// close an idle one at any moment: a request that met with that is sent again,
// as RFC 9112 section 9.3.1 lets clients do, and only counts when it fails anew.
func (l *load) connection() error {
	c, err := net.Dial("tcp", l.addr)
	if err != nil {
		return err
	}
	defer c.Close()
	br := bufio.NewReader(c)
	for n := 0; !l.stopping(); n++ {
		c.SetDeadline(time.Now().Add(patience))
		_, err := io.WriteString(c, "GET "+l.path+" HTTP/1.1\r\nHost: localhost\r\n\r\n")
		var r *response
		if err == nil {
			r, err = readResponse(br, "GET")
		}
		if err != nil {
			if n > 0 && (errors.Is(err, io.EOF) || strings.Contains(err.Error(), "reset") || strings.Contains(err.Error(), "broken pipe")) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			return err
		}
		if r.code != 200 {
			return fmt.Errorf("answered %q", r.line)
		}
		l.answered.Add(1)
		if r.closes {
			return nil
		}
	}
	return nil
}
