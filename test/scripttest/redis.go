package scripttest

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// redis is a real redis-server that keeps nothing on disk.
type redis struct {
	cmd  *exec.Cmd
	addr string
	done chan struct{}
}

// redisServer: redis start [args], redis stop. The port is ${port:redis}.
func (w *world) redisServer(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "redis start|stop")
	if args[0] == "stop" {
		if w.redis == nil {
			ts.Fatalf("redis does not run")
		}
		w.redis.stop()
		w.redis = nil
		return
	}
	bin, err := exec.LookPath("redis-server")
	if err != nil {
		w.t.Skip("redis-server is not installed (apt-get install redis-server)")
	}
	port := ts.Getenv("port:redis")
	cmd := exec.Command(bin, append([]string{"--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no"}, args[1:]...)...)
	cmd.Dir = w.dir
	ts.Check(cmd.Start())
	r := &redis{cmd: cmd, addr: "127.0.0.1:" + port, done: make(chan struct{})}
	go func() { cmd.Wait(); close(r.done) }()
	w.redis = r
	if !until(func() bool { s, err := r.call("PING"); return err == nil && s == "PONG" }) {
		ts.Fatalf("redis-server does not answer on %s", r.addr)
	}
}

func (r *redis) stop() {
	r.cmd.Process.Kill()
	<-r.done
}

// redisCli sends one command and prints the reply as redis-cli does when it is not on a terminal.
func (w *world) redisCli(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "redis-cli COMMAND [ARGS]")
	if w.redis == nil {
		ts.Fatalf("redis does not run")
	}
	s, err := w.redis.call(args...)
	if (err != nil) != neg {
		ts.Fatalf("redis-cli: %v (negated: %v)", err, neg)
	}
	fmt.Fprintln(ts.Stdout(), s)
}

func (r *redis) call(args ...string) (string, error) {
	c, err := net.DialTimeout("tcp", r.addr, patience)
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	if _, err := io.WriteString(c, b.String()); err != nil {
		return "", err
	}
	return readReply(bufio.NewReader(c))
}

func readReply(br *bufio.Reader) (string, error) {
	line, err := br.ReadString('\n')
	if err != nil {
		return "", err
	}
	kind, rest := line[0], strings.TrimRight(line[1:], "\r\n")
	switch kind {
	case '+', ':':
		return rest, nil
	case '-':
		return "", fmt.Errorf("redis: %s", rest)
	}
	n, err := strconv.Atoi(rest)
	if err != nil || n < 0 {
		return "", err
	}
	if kind == '$' {
		b := make([]byte, n+2)
		_, err := io.ReadFull(br, b)
		return string(b[:n]), err
	}
	var all []string
	for range n {
		s, err := readReply(br)
		if err != nil {
			return "", err
		}
		all = append(all, s)
	}
	return strings.Join(all, "\n"), nil
}
