package process

import (
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// freePort is a port that was free a moment ago.
func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// ask gives what a worker answers: its pid, the text of its generation and the
// number of the connection.
func ask(network, addr string) (pid, text string, err error) {
	c, err := net.DialTimeout(network, addr, 5*time.Second)
	if err != nil {
		return "", "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	b, err := io.ReadAll(c)
	f := strings.Fields(string(b))
	if err != nil || len(f) != 3 {
		return "", "", fmt.Errorf("got %q, %v", b, err)
	}
	return f[0], f[1], nil
}

func TestReloadLosesNoConnection(t *testing.T) {
	for _, kind := range []string{"", " reuseport"} {
		t.Run("kind"+kind, func(t *testing.T) {
			addr := freePort(t)
			conf := "worker_processes 2; events { } toy_listen " + addr + kind + "; toy_text "
			p := setup(t, conf+"g0;")
			if code, out := p.start(); code != 0 {
				t.Fatal(code, out)
			}
			var stop atomic.Bool
			var asked, failed atomic.Int64
			var wait sync.WaitGroup
			for range 2 {
				wait.Go(func() {
					for !stop.Load() {
						if _, _, err := ask("tcp", addr); err != nil && failed.Add(1) < 5 {
							t.Error(err)
						}
						asked.Add(1)
						time.Sleep(time.Millisecond)
					}
				})
			}
			for i := 1; i <= 3; i++ {
				p.conf(fmt.Sprintf("%sg%d;", conf, i))
				p.kill(p.pid(), syscall.SIGHUP)
				p.await("the next generation", func() bool { _, text, _ := ask("tcp", addr); return text == fmt.Sprintf("g%d", i) })
				p.awaitCount("worker process [0-9]+ exited with code 0", 2*i)
			}
			stop.Store(true)
			wait.Wait()
			// A socket of a worker that ends takes the connections in its own
			// queue along: the price of reuseport, in nginx too.
			if kind == "" && failed.Load() > 0 {
				t.Errorf("%d of %d connections failed", failed.Load(), asked.Load())
			}
		})
	}
}

func TestSocketsComeAndGo(t *testing.T) {
	first, second := freePort(t), freePort(t)
	p := setup(t, "events { } toy_text a; toy_listen "+first+"; toy_listen unix:DIR/s1;")
	p.start()
	for network, addr := range map[string]string{"tcp": first, "unix": p.dir + "/s1"} {
		if _, _, err := ask(network, addr); err != nil {
			t.Error(err)
		}
	}
	p.conf("events { } toy_text b; toy_listen " + second + "; toy_listen unix:DIR/s2;")
	p.kill(p.pid(), syscall.SIGHUP)
	p.await("the second", func() bool { _, _, err := ask("tcp", second); return err == nil })
	p.awaitLog("deleting socket " + p.dir + "/s1")
	p.awaitLog("worker process [0-9]+ exited with code 0")
	if _, _, err := ask("tcp", first); err == nil {
		t.Error("the first still answers")
	}
	if _, err := os.Stat(p.dir + "/s1"); err == nil {
		t.Error("the path of a closed socket is still there")
	}
	if _, _, err := ask("unix", p.dir+"/s2"); err != nil {
		t.Error(err)
	}
	master := p.pid()
	p.kill(master, syscall.SIGTERM)
	p.await("the end", func() bool { return !alive(master) })
	if _, err := os.Stat(p.dir + "/s2"); err == nil {
		t.Error("the path of the last socket is still there")
	}
}

func TestUpgradeHandsSocketsOver(t *testing.T) {
	addr := freePort(t)
	p := setup(t, "events { } toy_text a; toy_listen "+addr+"; toy_listen unix:DIR/s;")
	p.start()
	first := p.pid()
	before, _, err := ask("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	p.kill(first, syscall.SIGUSR2)
	p.await("two masters", func() bool { return p.pid() != 0 && p.pid() != first })
	p.awaitLog(`using inherited sockets from "3;4;"`)
	p.kill(first, syscall.SIGQUIT)
	p.await("the first master's end", func() bool { return !alive(first) })
	for _, network := range []string{"tcp", "unix"} {
		pid, _, err := ask(network, map[string]string{"tcp": addr, "unix": p.dir + "/s"}[network])
		if err != nil || pid == before {
			t.Errorf("%s: %s %v", network, pid, err)
		}
	}
}

func TestTakenAddress(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	p := setup(t, "events { } daemon off; toy_text a; toy_listen "+addr+";")
	done := make(chan int)
	go func() { code, _ := p.start(); done <- code }()
	p.awaitLog("try again to bind\\(\\) after 500ms")
	l.Close()
	p.await("an answer", func() bool { _, _, err := ask("tcp", addr); return err == nil })
	p.await("the pid file", func() bool { return p.pid() != 0 })
	p.kill(p.pid(), syscall.SIGTERM)
	if code := <-done; code != 0 {
		t.Error(code)
	}
	p.awaitLog(`\[emerg\] .* bind\(\) to ` + addr + ` failed \(98: Address already in use\)`)
}

func TestSingleProcessReloadKeepsSockets(t *testing.T) {
	addr := freePort(t)
	p := setup(t, "events { } master_process off; toy_text a; toy_listen "+addr+";")
	p.start()
	if _, text, err := ask("tcp", addr); err != nil || text != "a" {
		t.Fatal(text, err)
	}
	p.conf("events { } master_process off; toy_text b; toy_listen " + addr + ";")
	p.kill(p.pid(), syscall.SIGHUP)
	p.await("the next generation", func() bool { _, text, err := ask("tcp", addr); return err == nil && text == "b" })
}
