package otlp

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

const conf = `daemon off;
worker_processes 1;
error_log logs/error.log notice;
pid nginx.pid;
events { }
http {
    access_log off;
    gateway { store file:gateway.yaml; admin off; data data; }
    server { listen %s; location / { gateway_pass; } }
}
`

// program is Moongate with its gateway.
type program struct {
	addr  string
	cmd   *exec.Cmd
	ended chan error
}

// start starts it with entities, and waits until it serves them.
func start(t *testing.T, entities string) *program {
	t.Helper()
	dir := t.TempDir()
	p := &program{addr: free(t), ended: make(chan error, 1)}
	for _, name := range []string{"logs", "data"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"nginx.conf": fmt.Sprintf(conf, p.addr), "gateway.yaml": entities} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-p", dir, "-c", "nginx.conf", "-e", "logs/error.log"}
	if os.Geteuid() == 0 {
		args = append(args, "-g", "user root;")
	}
	p.cmd = exec.Command(binary(t), args...)
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		if t.Failed() {
			b, _ := os.ReadFile(filepath.Join(dir, "logs/error.log"))
			t.Logf("error.log:\n%s", b)
		}
	})
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		c, err := net.Dial("tcp", p.addr)
		if err == nil {
			c.Close()
			return p
		}
		select {
		case err := <-p.ended:
			t.Fatalf("moongate has ended: %v", err)
		default:
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// get asks for a path, on a connection of its own.
func (p *program) get(t *testing.T, path, parent string) {
	t.Helper()
	r, err := http.NewRequest("GET", "http://"+p.addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Close = true; parent != "" {
		r.Header.Set("traceparent", parent)
	}
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	a.Body.Close()
	if a.StatusCode != 200 {
		t.Fatalf("%s: %s", path, a.Status)
	}
}

// quit has it end gracefully.
func (p *program) quit(t *testing.T) {
	t.Helper()
	p.cmd.Process.Signal(syscall.SIGQUIT)
	if err := next(t, p.ended); err != nil {
		t.Error(err)
	}
}

// service is what stands behind the gateway.
func service(t *testing.T, seen func(*http.Request)) (addr string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen(r) }))
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// binary is what MOONGATE_BIN names, or is built.
func binary(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("MOONGATE_BIN"); path != "" {
		return path
	}
	path := filepath.Join(t.TempDir(), "moongate")
	cmd := exec.Command("go", "build", "-tags", "netgo,osusergo", "-trimpath", "-o", path, "./cmd/moongate")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}
