package script

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/edge/sys/netns"
)

// patience is how long a script waits for what must come.
const patience = 20 * time.Second

// world is all that one script has.
type world struct {
	t       *testing.T
	program string // keepalived
	server  string // the web server
	oracle  bool
	dir     string
	bridge  *netns.Space
	nodes   map[string]*node
	closers []io.Closer
	daemon  io.Closer // snmpd
}

func (w *world) condition(cond string) (bool, error) {
	switch cond {
	case "oracle":
		return w.oracle, nil
	case "ipvs":
		_, err := os.Stat("/proc/net/ip_vs")
		return err == nil, nil
	case "snmp":
		_, err := exec.LookPath("snmpd")
		_, gone := exec.LookPath("snmpwalk")
		return err == nil && gone == nil, nil
	}
	return false, fmt.Errorf("no condition %q", cond)
}

// fill puts the script's folder where files say $WORK, and makes programs of those
// that begin so.
func (w *world) fill() error {
	files, err := os.ReadDir(w.dir)
	if err != nil {
		return err
	}
	for _, f := range files {
		name := filepath.Join(w.dir, f.Name())
		b, err := os.ReadFile(name)
		if err != nil {
			continue // a folder
		}
		mode := os.FileMode(0o644)
		if strings.HasPrefix(string(b), "#!") {
			mode = 0o755
		}
		if err := errors.Join(os.WriteFile(name, []byte(strings.ReplaceAll(string(b), "$WORK", w.dir)), mode), os.Chmod(name, mode)); err != nil {
			return err
		}
	}
	return nil
}

// node is a namespace, and the keepalived in it.
type node struct {
	name, dev string
	second    string // another interface, on the second bridge
	traps     *traps // what its snmpd has sent
	space     *netns.Space
	cmd       *exec.Cmd
	ended     chan struct{}

	mu   sync.Mutex
	log  []string
	more chan struct{}
}

// inside runs a program in a namespace and returns what it says.
func inside(s *netns.Space, name string, args ...string) (string, error) {
	var out []byte
	err := s.Do(func() (err error) {
		out, err = exec.Command(name, args...).CombinedOutput()
		return err
	})
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out)
	}
	return string(out), err
}

// connect makes the bridge, and a namespace on it for each name.
func (w *world) connect(names []string) error {
	bridge, err := netns.New()
	if err != nil {
		return err
	}
	w.bridge = bridge
	if err := ip(bridge, "link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0", "link set br0 up"); err != nil {
		return err
	}
	for _, arg := range names {
		name, dev, given := strings.Cut(arg, ":")
		if !given {
			dev = "eth0"
		}
		n := &node{name: name, dev: dev, more: make(chan struct{}, 1)}
		if n.space, err = netns.New(); err != nil {
			return err
		}
		w.nodes[name] = n
		if err := ip(bridge, "link add p-"+name+" type veth peer name "+dev+" netns "+n.space.Path(),
			"link set p-"+name+" master br0 up"); err != nil {
			return err
		}
		if err := ip(n.space, "link set lo up", "link set "+dev+" up"); err != nil {
			return err
		}
	}
	return nil
}

// ip runs ip with each line of arguments.
func ip(s *netns.Space, lines ...string) error {
	for _, l := range lines {
		if _, err := inside(s, "ip", strings.Fields(l)...); err != nil {
			return err
		}
	}
	return nil
}

// start starts keepalived in the node, with all that the test may do or with some
// capabilities only.
func (w *world) start(n *node, conf string, flags []string, caps ...string) error {
	if n.cmd != nil {
		select {
		case <-n.ended:
		default:
			return fmt.Errorf("keepalived runs in %s already", n.name)
		}
	}
	args := append([]string{"-n", "-l", "-D", "-G", "-f", conf, "-p", w.pidFile(n, "parent"), "-r", w.pidFile(n, "vrrp"),
		"-c", w.pidFile(n, "check"), "-b", w.pidFile(n, "bfd")}, flags...)
	args = append([]string{w.program}, args...)
	if len(caps) > 0 {
		set := "-all,+" + strings.Join(caps, ",+")
		args = append([]string{"setpriv", "--inh-caps", set, "--ambient-caps", set, "--bounding-set", set}, args...)
	}
	return w.run(n, exec.Command(args[0], args[1:]...))
}

// run starts a program whose lines are the node's log.
func (w *world) run(n *node, cmd *exec.Cmd) error {
	cmd.Dir = w.dir
	pipe, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := n.space.Do(cmd.Start); err != nil {
		return err
	}
	n.cmd, n.ended = cmd, make(chan struct{})
	n.mu.Lock()
	n.log = nil // what an earlier one has said
	n.mu.Unlock()
	go func() {
		for s := bufio.NewScanner(pipe); s.Scan(); {
			n.add(s.Text())
		}
		cmd.Wait()
		close(n.ended)
	}()
	return nil
}

func (w *world) pidFile(n *node, what string) string {
	return w.dir + "/" + n.name + "." + what + ".pid"
}

// add keeps a line of the log, without its date.
func (n *node) add(line string) {
	if len(line) > 26 && line[24] == ':' {
		line = line[26:]
	}
	n.mu.Lock()
	n.log = append(n.log, line)
	n.mu.Unlock()
	select {
	case n.more <- struct{}{}:
	default:
	}
}

func (n *node) lines() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.log...)
}

// end ends all that the script has started.
func (w *world) end() {
	for _, n := range w.nodes {
		if n.cmd == nil {
			continue
		}
		n.cmd.Process.Signal(os.Interrupt)
		select {
		case <-n.ended:
		case <-time.After(8 * time.Second):
			n.cmd.Process.Kill()
			<-n.ended
		}
		if w.t.Failed() || testing.Verbose() {
			w.t.Logf("%s has logged:\n%s", n.name, strings.Join(n.lines(), "\n"))
		}
	}
	for _, c := range w.closers {
		c.Close()
	}
	for _, n := range w.nodes {
		n.space.Close()
	}
	if w.bridge != nil {
		w.bridge.Close()
	}
}
