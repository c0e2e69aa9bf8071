package daemon

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"io"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		line, says string
		check      func(*options) bool
	}{
		{"-nlDD -f/x -p y", "", func(o *options) bool {
			return o.Foreground && o.Console && o.Work.Detail == 2 && o.Conf == "/x" && o.PIDs.Parent == "y"
		}},
		{"--dont-fork --use-file=/x --vrrp_p=/v --log-fac local3", "", func(o *options) bool {
			return o.Foreground && o.Conf == "/x" && o.PIDs.VRRP == "/v" && o.Facility == 19
		}},
		{"-P -t", "", func(o *options) bool { return o.OnlyVRRP && o.test && o.testLog == "" }},
		{"-t/log -S7 -u 022", "", func(o *options) bool { return o.testLog == "/log" && o.Facility == 23 && o.Umask == 0o22 }},
		{"-g --all", "", func(o *options) bool { return o.LogFile == "/tmp/keepalived.log" && o.All }},
		{"--vrrp", "", func(o *options) bool { return o.OnlyVRRP }}, // and not --vrrp_pid
		{"", "", func(o *options) bool { return o.Conf == defaultConf && o.Facility == 3 && o.Umask == -1 && o.ID != "" }},
		{"-Z", "Unknown option -Z\n", func(o *options) bool { return o.faulty }},
		{"-nZ", "Unknown option -Z\n", func(o *options) bool { return o.faulty && o.Foreground }},
		{"--bogus", "Unknown option --bogus\n", func(o *options) bool { return o.faulty }},
		{"--log", "Unknown option --log\n", func(o *options) bool { return o.faulty }}, // -console, -detail, ...
		{"--check=1", "Unknown option --check=1\n", func(o *options) bool { return o.faulty }},
		{"-f", "Missing parameter for option -f\n", func(o *options) bool { return o.faulty }},
		{"--signum", "Missing parameter for option --signum\n", func(o *options) bool { return o.faulty }},
		{"-S 9", "Invalid log facility '9'\n", func(o *options) bool { return !o.faulty && o.Facility == 3 }},
		{"-u 888", "Invalid --umask option 888\n", func(o *options) bool { return !o.faulty && o.Umask == -1 }},
		{"extra -n arg", "Unexpected argument(s): extra arg\n", func(o *options) bool { return !o.faulty && o.Foreground }},
		{"-v -Z", "", func(o *options) bool { return o.version }},
	} {
		var says bytes.Buffer
		o := parse(strings.Fields(c.line), &says)
		if says.String() != c.says || !c.check(o) {
			t.Errorf("%s: says %q, %+v", c.line, says.String(), o)
		}
	}
}

// All of keepalived's flags are there, each once.
func TestFlagTable(t *testing.T) {
	for _, name := range strings.Fields("f P C B l D S G u X V I R n d p r T c a b x A s m M e i t v h") {
		count := 0
		for _, f := range flagTable {
			if f.short == name[0] {
				count++
				if !strings.Contains(usage, "-"+name+", --"+f.long) {
					t.Errorf("-%s is not in the help", name)
				}
			}
		}
		if count != 1 {
			t.Errorf("-%s is there %d times", name, count)
		}
	}
}

func TestWordsOfTheCommand(t *testing.T) {
	r := &daemonRun{t: t, dir: t.TempDir()}
	for _, c := range []struct {
		flag, out, err string
		code           int
	}{
		{"--signum=JSON", "36\n", "", 0}, {"--signum=STATS_CLEAR", "63\n", "", 0}, {"--signum=RELOAD", "1\n", "", 0},
		{"--signum=FOO", "", "Unknown sigfunc FOO\n", 1}, {"-Z", "", "Unknown option -Z\n", 1},
		{"-v", "", "Keepalived v2.2.7 (moongate test)\n\n", 0}, {"--help", "", "Usage: keepalived [OPTION...]\n", 0},
	} {
		cmd := r.command(c.flag)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		cmd.Run()
		if out.String() != c.out || !strings.HasPrefix(errs.String(), c.err) || cmd.ProcessState.ExitCode() != c.code {
			t.Errorf("%s: %q %q %d", c.flag, out.String(), errs.String(), cmd.ProcessState.ExitCode())
		}
	}
}

func TestCommandLine(t *testing.T) {
	// As keepalived has broken it: a line has up to 102 bytes.
	got := commandLine(strings.Fields("keepalived -n -l -D -r /nonesuch/x.pid -f /var/tmpxx/r/k.conf extraa arg"))
	want := "Command line: 'keepalived' '-n' '-l' '-D' '-r' '/nonesuch/x.pid' '-f' '/var/tmpxx/r/k.conf' 'extraa'|              'arg'"
	if strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
}

func TestGenhash(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	asked := make(chan string, 8)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			buf := make([]byte, 4096)
			c.SetDeadline(time.Now().Add(10 * time.Second))
			n, _ := c.Read(buf)
			asked <- string(buf[:n])
			// The body ends where Content-Length says, the connection stays.
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef")
			defer c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	sum := md5.Sum([]byte("abc"))
	hash := hex.EncodeToString(sum[:]) + "\n"
	at := "Host: 127.0.0.1:" + port + "\r\n\r\n"
	agent := "\r\nUser-Agent: KeepAliveClient\r\n"
	r := &daemonRun{t: t, dir: t.TempDir()}
	for _, c := range []struct{ name, line, request string }{
		{"genhash", "-s 127.0.0.1 -p PORT -u /x", "GET /x HTTP/1.0" + agent + at},
		{"keepalived", "-T -s 127.0.0.1 -p PORT -u /x -P 1.1 -V host", "GET /x HTTP/1.1" + agent + "Connection: close\r\nHost: host\r\n\r\n"},
		{"keepalived", "-s 127.0.0.1 -p PORT --url x -P 1.0c --genhash", "GET x HTTP/1.0" + agent + "Connection: close\r\n" + at},
	} {
		self := r.command().Path
		cmd := exec.Command(self, strings.Fields(strings.ReplaceAll(c.line, "PORT", port))...)
		cmd.Args[0] = filepath.Join("/usr/bin", c.name)
		cmd.Env = append(cmd.Environ(), "AS_KEEPALIVED=1")
		out, err := cmd.CombinedOutput()
		if err != nil || string(out) != hash {
			t.Errorf("%s: %v %s", c.line, err, out)
			continue
		}
		if got := <-asked; got != c.request {
			t.Errorf("%s: asked %q, want %q", c.line, got, c.request)
		}
	}
	for line, want := range map[string]string{"-s localhost -p 1 -u /": "server should be an IP, not localhost\nUsage: genhash COMMAND",
		"-s 127.0.0.1 -p 1": "Usage: genhash", "-Z": "Unknown option -Z\nUsage: genhash"} {
		var out, errs bytes.Buffer
		if code := asGenhash("genhash", strings.Fields(line), &out, &errs); code != 1 || !strings.HasPrefix(errs.String(), want) {
			t.Errorf("%s: %d %q", line, code, errs.String())
		}
	}
}

func TestHexDump(t *testing.T) {
	want := "0000  48 54 54 50 2f 31 2e 30 - 20 32 30 30 20 4f 4b 0d   HTTP/1.0 200 OK.\n" +
		"0016  0a 53                   -                           .S              \n"
	if got := hexDump([]byte("HTTP/1.0 200 OK\r\nS")); got != want {
		t.Errorf("got\n%s", got)
	}
}
