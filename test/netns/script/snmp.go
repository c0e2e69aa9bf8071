package script

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// snmpdConf lets everything be read and written from inside the namespace.
const snmpdConf = `master agentx
agentXSocket unix:$WORK/agentx
rwcommunity public
agentaddress udp:127.0.0.1:161
trap2sink 127.0.0.1 public
`

// snmpd starts snmpd in a node, and waits until it answers.
func (w *world) snmpd(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 1)
	if n.traps == nil {
		ts.Check(w.catch(n))
	}
	conf := filepath.Join(w.dir, "snmpd.conf")
	ts.Check(os.WriteFile(conf, []byte(strings.ReplaceAll(snmpdConf, "$WORK", w.dir)), 0o644))
	cmd := exec.Command("snmpd", "-f", "-LE", "0", "-C", "-c", conf, "-p", filepath.Join(w.dir, "snmpd.pid"), "-I", "-smux")
	cmd.Env = append(os.Environ(), "MIBS=", "SNMP_PERSISTENT_DIR="+w.dir)
	ts.Check(n.space.Do(cmd.Start))
	w.closers = append(w.closers, ending{cmd})
	w.daemon = ending{cmd}
	for late := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if _, err := snmp(n, "snmpget", "1.3.6.1.2.1.1.3.0"); err == nil {
			return
		} else if time.Now().After(late) {
			ts.Fatalf("%v", err)
		}
	}
}

// nosnmpd ends it.
func (w *world) nosnmpd(ts *testscript.TestScript, args []string) { ts.Check(w.daemon.Close()) }

// ending ends a program when it is closed; once more does nothing.
type ending struct{ *exec.Cmd }

func (e ending) Close() error {
	e.Process.Kill()
	e.Wait()
	return nil
}

func snmp(n *node, program string, args ...string) (string, error) {
	words := append([]string{"MIBS=", program, "-v2c", "-c", "public", "-On", "-r", "2", "-t", "2", "127.0.0.1"}, args...)
	return inside(n.space, "env", words...)
}

// What differs from run to run.
var (
	clock   = regexp.MustCompile(`Timeticks: .*`)
	version = regexp.MustCompile(`"Keepalived v(\S*) .*"`)
	mac     = regexp.MustCompile(`Hex-STRING: ([0-9A-F]{2} ){6}$`)
)

// walk waits until a walk of a subtree is what a file says. Of its lines those that
// begin with "<" are the oracle's alone, and those with ">" ours.
func (w *world) walk(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 3)
	var want []string
	for line := range strings.Lines(ts.ReadFile(args[2])) {
		line = strings.TrimSuffix(line, "\n")
		switch mark, rest, _ := strings.Cut(line, " "); {
		case mark == "<" && w.oracle, mark == ">" && !w.oracle:
			want = append(want, rest)
		case mark != "<" && mark != ">":
			want = append(want, line)
		}
	}
	for late := time.Now().Add(patience / 4); ; time.Sleep(100 * time.Millisecond) {
		out, err := snmp(n, "snmpwalk", args[1])
		ts.Check(err)
		var got []string
		for line := range strings.Lines(out) {
			line = clock.ReplaceAllString(strings.TrimSuffix(line, "\n"), "Timeticks")
			line = version.ReplaceAllString(line, "Keepalived $1")
			got = append(got, mac.ReplaceAllString(line, "MAC"))
		}
		if strings.Join(got, "\n") == strings.Join(want, "\n") {
			return
		}
		if time.Now().After(late) {
			ts.Fatalf("the walk of %s has\n%s\nand not\n%s", args[1], beyond(got, want), beyond(want, got))
		}
	}
}

// beyond are the lines of a that b has not.
func beyond(a, b []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(a), func(l string) bool { return slices.Contains(b, l) }), "\n")
}

// set writes a variable; with a word behind the value it must fail with that.
func (w *world) set(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 4)
	out, err := snmp(n, "snmpset", args[1:4]...)
	switch {
	case len(args) < 5:
		ts.Check(err)
	case err == nil || !strings.Contains(out, args[4]):
		ts.Fatalf("setting %s to %s: %s", args[1], args[3], out)
	}
}
