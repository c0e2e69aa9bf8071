package script

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// startServer starts the web server in a node; its log is the node's.
func (w *world) startServer(n *node, conf string) error {
	for _, dir := range []string{"logs", "conf", "html"} {
		if err := os.MkdirAll(filepath.Join(w.dir, n.name, dir), 0o755); err != nil {
			return err
		}
	}
	return w.run(n, exec.Command(w.server, "-p", filepath.Join(w.dir, n.name)+"/", "-c", conf, "-g", "daemon off; error_log stderr notice;"))
}

// example copies the files of an example of high availability for a node, whose config
// id is id, with pid files of its own.
func (w *world) example(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 3)
	from, to := filepath.Join("..", "..", "..", "examples", args[1], "conf"), filepath.Join(w.dir, n.name, "conf")
	files, err := os.ReadDir(from)
	ts.Check(err)
	ts.Check(os.MkdirAll(to, 0o755))
	flags := fmt.Sprintf(" -D -i %s -p %s -r %s -c %s -b %s;", args[2], w.pidFile(n, "parent"), w.pidFile(n, "vrrp"), w.pidFile(n, "check"), w.pidFile(n, "bfd"))
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(from, f.Name()))
		ts.Check(err)
		ts.Check(os.WriteFile(filepath.Join(to, f.Name()), []byte(strings.Replace(string(b), " -D;", flags, 1)), 0o644))
	}
}

// worker sends a signal to all workers of the web server in a node.
func (w *world) worker(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 2)
	s, known := signals[args[1]]
	if !known || n.cmd == nil {
		ts.Fatalf("no signal %s, or nothing runs in %s", args[1], n.name)
	}
	lists, err := filepath.Glob("/proc/" + strconv.Itoa(n.cmd.Process.Pid) + "/task/*/children")
	ts.Check(err)
	children := ""
	for _, list := range lists {
		b, _ := os.ReadFile(list)
		children += string(b) + " "
	}
	sent := false
	for _, pid := range strings.Fields(children) {
		title, _ := os.ReadFile("/proc/" + pid + "/cmdline")
		if p, err := strconv.Atoi(pid); err == nil && strings.Contains(string(title), ": worker process") {
			ts.Check(syscall.Kill(p, s))
			sent = true
		}
	}
	if !sent {
		ts.Fatalf("the web server in %s has no worker", n.name)
	}
}

// serverSignal is a signal to the master.
func (w *world) serverSignal(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 2)
	s, known := signals[args[1]]
	if !known || n.cmd == nil {
		ts.Fatalf("no signal %s, or nothing runs in %s", args[1], n.name)
	}
	ts.Check(n.cmd.Process.Signal(s))
}

// get asks for / until the whole answer matches.
func (w *world) get(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 3)
	re, err := regexp.Compile(args[2])
	ts.Check(err)
	late := time.Now().Add(patience)
	for {
		got, err := ask(n, "GET", args[1])
		if err == nil && re.MatchString(got) {
			return
		}
		if time.Now().After(late) {
			ts.Fatalf("%s answers %q, %v", args[1], got, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// post asks once.
func (w *world) post(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 3)
	re, err := regexp.Compile(args[2])
	ts.Check(err)
	if got, err := ask(n, "POST", args[1]); err != nil || !re.MatchString(got) {
		ts.Fatalf("%s answers %q, %v", args[1], got, err)
	}
}

// ask makes two requests, or one that is no GET, over one connection.
func ask(n *node, method, url string) (got string, err error) {
	address, path, _ := strings.Cut(url, "/")
	var c net.Conn
	if err := n.space.Do(func() (err error) {
		c, err = net.DialTimeout("tcp", address, time.Second)
		return err
	}); err != nil {
		return "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	if method == "GET" {
		fmt.Fprintf(c, "GET /%s HTTP/1.1\r\nHost: test\r\n\r\n", path)
	}
	fmt.Fprintf(c, "%s /%s HTTP/1.0\r\nContent-Length: 0\r\n\r\n", method, path) // ends the connection
	b, err := io.ReadAll(c)
	return string(b), err
}
