package dashboard

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

const conf = `worker_processes 2;
error_log logs/error.log notice;
pid nginx.pid;
events { }
http {
    access_log off;
    gateway { store bolt:data/gateway.db; admin %[1]s; admin_token file:data/tokens; data data; }
    server { listen %[2]s; location / { gateway_pass; } }
    server { listen %[3]s; location / { return 200 "one\n"; } }
    server { listen %[4]s; location / { return 200 "two\n"; } location /broken { return 500; } }
}
`

// One gateway, one browser, all flows, or those that FLOWS names: starting is what takes long.
func TestDashboard(t *testing.T) {
	flows(t, strings.Fields(os.Getenv("FLOWS"))...)
}

// TestShots makes the pictures of the guide, where MOONGATE_SHOTS says.
func TestShots(t *testing.T) {
	to := os.Getenv("MOONGATE_SHOTS")
	if to == "" {
		t.Skip("MOONGATE_SHOTS names no folder for pictures")
	}
	if !filepath.IsAbs(to) {
		to = filepath.Join("../..", to)
	}
	t.Setenv("SHOTS", to)
	flows(t, "shots")
}

// flows runs some of run.mjs's, or all.
func flows(t *testing.T, names ...string) {
	node, chromium := tools(t)
	w := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, append([]string{"run.mjs"}, names...)...)
	cmd.Env = append(os.Environ(), "ADMIN="+w.admin, "PROXY="+w.proxy, "TARGETS="+w.targets, "TOKEN="+w.token, "OUT="+w.dir, "CHROMIUM="+chromium)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	steps := report(t, bufio.NewScanner(out))
	if err := cmd.Wait(); err != nil && !t.Failed() {
		t.Errorf("run.mjs: %v", err)
	}
	if _, err := os.Stat(filepath.Join(w.dir, "done")); err != nil || steps == 0 {
		t.Errorf("run.mjs has not come to its end: %d steps", steps)
	}
	if t.Failed() {
		keep(t, w.dir)
	}
}

// report makes a subtest of each step.
func report(t *testing.T, lines *bufio.Scanner) (steps int) {
	var name string
	var why []string
	flush := func() {
		if name != "" {
			text := strings.Join(why, "\n")
			t.Run(name, func(t *testing.T) { t.Error(text) })
		}
		name, why = "", nil
	}
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "ok "):
			flush()
			steps++
			cut := strings.LastIndex(line, " ")
			t.Run(line[3:cut], func(t *testing.T) { t.Logf("%s ms", line[cut+1:]) })
		case strings.HasPrefix(line, "FAIL "):
			flush()
			steps++
			name = line[5:]
		case name != "":
			why = append(why, line)
		default:
			t.Log(line)
		}
	}
	flush()
	return steps
}

// keep saves what the browser showed when a step failed, where it survives the test.
func keep(t *testing.T, dir string) {
	shots, _ := filepath.Glob(filepath.Join(dir, "*.png"))
	to := filepath.Join(os.TempDir(), "moongate-dashboard")
	if len(shots) == 0 || os.MkdirAll(to, 0o755) != nil {
		return
	}
	for _, path := range shots {
		if b, err := os.ReadFile(path); err == nil {
			os.WriteFile(filepath.Join(to, filepath.Base(path)), b, 0o644)
		}
	}
	t.Logf("what was shown lies in %s", to)
}

// tools finds Node with the packages of package.json, and a browser.
func tools(t *testing.T) (node, chromium string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if chromium, err = exec.LookPath(name); err == nil {
			break
		}
	}
	if err != nil {
		t.Skip("chromium is not installed")
	}
	if _, err := os.Stat("node_modules/playwright-core"); err != nil {
		t.Skip("the packages of test/dashboard are not installed: scripts/ensure test does it")
	}
	return node, chromium
}

// world is a gateway that was started for the first time.
type world struct {
	dir, admin, proxy, targets, token string
}

var firstToken = regexp.MustCompile(`takes the token (mg_\w+)`)

// start builds moongate, starts it in a folder of its own, and waits until it has said its first
// token and listens.
func start(t *testing.T) *world {
	t.Helper()
	w := &world{dir: t.TempDir()}
	var ports []any
	for range 4 {
		ports = append(ports, free(t))
	}
	w.admin, w.proxy, w.targets = ports[0].(string), ports[1].(string), fmt.Sprintf("%s,%s", ports[2:]...)
	for _, name := range []string{"logs", "data"} {
		if err := os.Mkdir(filepath.Join(w.dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(w.dir, "nginx.conf"), fmt.Appendf(nil, conf, ports...), 0o644); err != nil {
		t.Fatal(err)
	}
	global := "daemon off;"
	if os.Geteuid() == 0 {
		global += " user root;"
	}
	said, err := os.Create(filepath.Join(w.dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	cmd := exec.Command(binary(t), "-p", w.dir, "-c", "nginx.conf", "-e", "logs/error.log", "-g", global)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(10 * time.Second):
			cmd.Process.Kill()
			t.Error("moongate did not end")
		}
		if t.Failed() {
			b, _ := os.ReadFile(filepath.Join(w.dir, "logs/error.log"))
			t.Logf("error.log:\n%s", b)
		}
	})
	for end := time.Now().Add(20 * time.Second); w.token == ""; time.Sleep(10 * time.Millisecond) {
		b, err := os.ReadFile(said.Name())
		if err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			t.Fatalf("moongate has ended: %v\n%s", err, b)
		default:
		}
		c, err := net.Dial("tcp", w.admin)
		if err == nil {
			c.Close()
		}
		if m := firstToken.FindSubmatch(b); m != nil && err == nil {
			w.token = string(m[1])
		} else if time.Now().After(end) {
			t.Fatalf("the first start says no token, or nothing listens (%v): %s", err, b)
		}
	}
	return w
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().String()
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
