package scripttest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// allowance is a line that a script provokes on purpose.
type allowance struct {
	re   *regexp.Regexp
	used bool
}

// allow says that an [alert] matching the pattern is what the script is about: allow 'exited on signal 9'
func (w *world) allow(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "allow REGEX")
	re, err := regexp.Compile(args[0])
	ts.Check(err)
	w.allowed = append(w.allowed, &allowance{re: re})
}

// end stops all that a script has started and judges what it left behind. It
// runs also when the script failed; then the logs are shown, being the evidence.
func (w *world) end() {
	if w.load != nil {
		w.load.stop()
	}
	for _, c := range w.conns {
		c.Close()
	}
	if w.started {
		if pid := w.masterPid(); pid > 0 {
			syscall.Kill(pid, syscall.SIGTERM)
		}
		until(func() bool { return len(w.nginxProcs()) == 0 })
	}
	for _, o := range w.origins {
		o.stop()
	}
	for _, p := range w.idps {
		p.Down()
	}
	if w.etcd != nil {
		w.etcd.Close()
	}
	if w.redis != nil {
		w.redis.stop()
	}
	var faults []string
	left := w.procs()
	for _, p := range left {
		syscall.Kill(p.pid, syscall.SIGKILL)
		faults = append(faults, fmt.Sprintf("process left behind: %d %s", p.pid, p.title))
	}
	if len(left) > 0 {
		until(func() bool { return len(w.procs()) == 0 })
	}
	faults = append(faults, w.badLines()...)
	log, _ := os.ReadFile(filepath.Join(w.dir, "logs/error.log"))
	if len(log) > 0 && w.ts != nil {
		w.ts.Logf("[error.log]\n%s", tail(string(log), 6000))
	}
	for _, a := range w.allowed {
		if !a.used && !w.t.Failed() {
			faults = append(faults, "allow: no such line came: "+a.re.String())
		}
	}
	// Not Fatal: testscript still has its transcript to print.
	if len(faults) > 0 {
		w.t.Error(strings.Join(faults, "\n"))
	}
}

var badLine = regexp.MustCompile(`\[alert\]|^panic:|^fatal error:|DATA RACE|^SIG[A-Z]+: |Sanitizer`)

// badLines reads every log in the prefix for what no passing script may cause.
func (w *world) badLines() []string {
	var bad []string
	logs, _ := filepath.Glob(filepath.Join(w.dir, "logs/*"))
	for _, name := range append(logs, filepath.Join(w.dir, ".tmp/stderr")) {
		b, _ := os.ReadFile(name)
		for line := range strings.Lines(string(b)) {
			if badLine.MatchString(line) && !w.allows(line) {
				bad = append(bad, filepath.Base(name)+": "+strings.TrimSpace(line))
			}
		}
	}
	return bad
}

func (w *world) allows(line string) bool {
	for _, a := range w.allowed {
		if a.re.MatchString(line) {
			a.used = true
			return true
		}
	}
	return false
}

func tail(s string, n int) string {
	if len(s) > n {
		return "...\n" + s[len(s)-n:]
	}
	return s
}
