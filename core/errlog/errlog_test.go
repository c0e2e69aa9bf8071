package errlog

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"moongate/core/config/syntax"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
)

// files opens at once what a cycle would open later.
type files struct {
	t      *testing.T
	dir    string
	opened map[string]*file.Append
}

func newFiles(t *testing.T) *files {
	return &files{t, t.TempDir(), map[string]*file.Append{}}
}

func (f *files) OpenFile(name string) *file.Append {
	if name == "" {
		return file.NewAppend("")
	}
	if f.opened[name] == nil {
		f.opened[name] = file.NewAppend(filepath.Join(f.dir, name))
		if err := f.opened[name].Open(); err != nil {
			f.t.Fatal(err)
		}
	}
	return f.opened[name]
}

func (f *files) read(name string) string {
	b, _ := os.ReadFile(filepath.Join(f.dir, name))
	return string(b)
}

func (f *files) chain(lines ...string) *Chain {
	c := &Chain{}
	for _, l := range lines {
		if err := c.Add(strings.Fields(l), Place{Files: f, Hostname: "moon", At: syntax.Pos{File: "x.conf", Line: 7}}); err != nil {
			f.t.Fatal(err)
		}
	}
	return c
}

type client struct{}

func (client) AppendLog(b []byte) []byte { return append(b, ", client: 10.0.0.1"...) }

func TestLine(t *testing.T) {
	Echo(false)
	f := newFiles(t)
	log := f.chain("e.log debug").Log()
	log.Number, log.From = 5, client{}
	log.Error(errno.Error(2), `open() "%s" failed`, "/x")
	log.Debug(DebugHTTP, "http %d", 1)
	log.Error(errors.New("odd"), "failed")
	log.Message(Notice, "100% raw")
	want := regexp.MustCompile(`^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d \[error\] (\d+)#\d+: \*5 open\(\) "/x" failed \(2: No such file or directory\), client: 10\.0\.0\.1
[^\[]*\[debug\] [^:]*: \*5 http 1
[^\[]*\[error\] [^:]*: \*5 failed \(odd\), client: 10\.0\.0\.1
[^\[]*\[notice\] [^:]*: \*5 100% raw, client: 10\.0\.0\.1
$`)
	if got := f.read("e.log"); !want.MatchString(got) {
		t.Errorf("got %s", got)
	}
}

func TestLevels(t *testing.T) {
	Echo(false)
	for _, c := range []struct {
		words string
		level Level
		err   string
	}{
		{"", Error, ""},
		{"warn", Warn, ""},
		{"debug", DebugAll, ""},
		{"debug_http debug_core", DebugHTTP | DebugCore, ""},
		{"debug debug_http", 0, `invalid log level "debug_http"`},
		{"debug_http warn", 0, `duplicate log level "warn"`},
		{"warn crit", 0, `duplicate log level "crit"`},
		{"bogus", 0, `invalid log level "bogus"`},
		{"stderr", 0, `invalid log level "stderr"`},
	} {
		level, err := parseLevels(strings.Fields(c.words))
		if (err == nil) != (c.err == "") || err != nil && err.Error() != c.err || level != c.level {
			t.Errorf("%q: %x %v", c.words, level, err)
		}
	}
}

func TestEachOutputTakesItsLevels(t *testing.T) {
	Echo(false)
	f := newFiles(t)
	log := f.chain("crit.log crit", "http.log debug_http", "info.log info", "e.log").Log()
	log.Crit(nil, "C")
	log.Error(nil, "E")
	log.Info(nil, "I")
	log.Debug(DebugHTTP, "H")
	log.Debug(DebugEvent, "V")
	for name, want := range map[string]string{"crit.log": "C", "e.log": "CE", "info.log": "CEI", "http.log": "CEIH"} {
		got := ""
		for line := range strings.Lines(f.read(name)) {
			got += line[len(line)-2 : len(line)-1]
		}
		if got != want {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
	if log.Enabled(Info) != true || log.Debugging(DebugEvent) {
		t.Error("what is enabled")
	}
}

func TestDebugConnectionWritesEverywhere(t *testing.T) {
	Echo(false)
	f := newFiles(t)
	log := f.chain("e.log").Log()
	if log.Debugging(DebugHTTP) {
		t.Fatal("debug without asking for it")
	}
	log.DebugThis()
	log.Debug(DebugHTTP, "seen")
	if !strings.Contains(f.read("e.log"), "seen") {
		t.Error("not written")
	}
}

func TestLongLine(t *testing.T) {
	Echo(false)
	f := newFiles(t)
	log := f.chain("e.log").Log()
	log.Error(errno.Error(2), "%s", strings.Repeat("x", 5000))
	log.Message(Error, strings.Repeat("y", 5000))
	lines := strings.SplitAfter(f.read("e.log"), "\n")
	if !strings.HasSuffix(lines[0], "xxx... (2: No such file or directory)\n") || len(lines[0]) > MaxLine {
		t.Errorf("%d bytes, end %q", len(lines[0]), lines[0][len(lines[0])-60:])
	}
	if len(lines[1]) != MaxLine {
		t.Errorf("%d bytes", len(lines[1]))
	}
}

func TestDefaultFile(t *testing.T) {
	f := newFiles(t)
	c := f.chain("memory:64k debug")
	c.AddDefault(func() *file.Append { return f.OpenFile("default.log") })
	c.AddDefault(func() *file.Append { t.Error("second file"); return nil })
	if c.File().Name() != filepath.Join(f.dir, "default.log") || c.Level() != DebugAll {
		t.Error(c.File().Name(), c.Level())
	}
}

func TestMemoryRing(t *testing.T) {
	m := newMemory(100, "x.conf", 7)
	for range 50 {
		m.writeLine(Info, []byte("0123456789\n"))
	}
	m.writeLine(Info, []byte("last\n"))
	if !strings.HasPrefix(string(m.ring), "MEMLOG 100 x.conf:7\n") || !strings.Contains(string(m.ring), "last\n") || len(m.ring) != 100 {
		t.Errorf("%q", m.ring)
	}
	if _, err := parseMemory("10", syntax.Pos{}); err == nil || err.Error() != `invalid buffer size "10"` {
		t.Error(err)
	}
}

func TestParseSyslog(t *testing.T) {
	for _, c := range []struct{ text, err string }{
		{"syslog:server=127.0.0.1", ""},
		{"syslog:server=[::1]:515,facility=daemon,severity=warn,tag=moon_1,nohostname", ""},
		{"syslog:server=unix:/dev/log", ""},
		{"syslog:", `unknown syslog parameter ""`},
		{"syslog:tag=x", "no syslog server specified"},
		{"syslog:server=127.0.0.1,server=127.0.0.1", `duplicate syslog "server"`},
		{"syslog:server=127.0.0.1,facility=moon", `unknown syslog facility "moon"`},
		{"syslog:server=127.0.0.1,severity=warning", `unknown syslog severity "warning"`},
		{"syslog:server=127.0.0.1,facility=kern,facility=kern", `duplicate syslog "facility"`},
		{"syslog:server=127.0.0.1,tag=a,tag=b", `duplicate syslog "tag"`},
		{"syslog:server=127.0.0.1,tag=,tag=b", `duplicate syslog "tag"`},
		{"syslog:server=127.0.0.1,tag=a-b", `syslog "tag" only allows alphanumeric characters and underscore`},
		{"syslog:server=127.0.0.1,tag=" + strings.Repeat("a", 33), "syslog tag length exceeds 32"},
		{"syslog:server=127.0.0.1,what", `unknown syslog parameter "what"`},
		{"syslog:server=127.0.0.1:0", `invalid port in syslog server "127.0.0.1:0"`},
		{"syslog:server=unix:", `no path in the unix domain socket in syslog server "unix:"`},
		{"syslog:server=[::g]", `invalid IPv6 address in syslog server "[::g]"`},
		{"syslog:server=:514", `no host in syslog server ":514"`},
	} {
		_, err := ParseSyslog(c.text, "moon")
		if (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%s: %v", c.text, err)
		}
	}
}

func TestSyslog(t *testing.T) {
	Echo(false)
	at, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	receive := func() string {
		buf := make([]byte, 4096)
		at.SetReadDeadline(time.Now().Add(5 * time.Second))
		n, _, err := at.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
	f := newFiles(t)
	server := "syslog:server=" + at.LocalAddr().String()
	log := f.chain(server + ",facility=local0,tag=moon info").Log()
	log.Warn(nil, "full moon")
	// 16*8+4: the severity is the line's own.
	want := regexp.MustCompile(`^<132>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d moon moon: \d{4}/.* \[warn\] .*: full moon$`)
	if got := receive(); !want.MatchString(got) {
		t.Errorf("got %q", got)
	}
	s, err := ParseSyslog(server+",nohostname,severity=debug", "moon")
	if err != nil {
		t.Fatal(err)
	}
	if !s.Send([]byte("GET /")) {
		t.Error("not sent")
	}
	want = regexp.MustCompile(`^<191>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d nginx: GET /$`)
	if got := receive(); !want.MatchString(got) {
		t.Errorf("got %q", got)
	}
	// A tag may be empty.
	if s, err = ParseSyslog(server+",tag=,facility=kern", "moon"); err != nil {
		t.Fatal(err)
	}
	s.Send([]byte("GET /"))
	want = regexp.MustCompile(`^<6>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d moon : GET /$`)
	if got := receive(); !want.MatchString(got) {
		t.Errorf("got %q", got)
	}
}

func TestSyslogFailureIsReportedOnce(t *testing.T) {
	Echo(false)
	f := newFiles(t)
	c := f.chain("syslog:server=unix:"+f.dir+"/none info", "e.log")
	c.SetReporter(c.Log())
	log := c.Log()
	log.Error(nil, "hello")
	got := f.read("e.log")
	if s, err := ParseSyslog("syslog:server=unix:"+f.dir+"/none", "moon"); err != nil || s.Send([]byte("GET /")) {
		t.Errorf("sent to nobody, or %v", err)
	}
	if strings.Count(got, "[alert]") != 1 || !strings.Contains(got, "connect() failed (2: No such file or directory) while logging to syslog, server: unix:"+f.dir+"/none\n") {
		t.Errorf("got %s", got)
	}
}

func TestSilentAndReadyLinesAllocateNothing(t *testing.T) {
	Echo(false)
	f := newFiles(t)
	log := f.chain("e.log info").Log()
	log.From = client{}
	if n := testing.AllocsPerRun(100, func() {
		if log.Debugging(DebugHTTP) {
			log.Debug(DebugHTTP, "x %d", 1)
		}
		log.Message(Debug, "x")
	}); n != 0 {
		t.Errorf("silent: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { log.Message(Info, "hello") }); n > 0.1 {
		t.Errorf("written: %v allocations", n)
	}
}

func BenchmarkEnabled(b *testing.B) {
	log := (&Chain{}).Log()
	for b.Loop() {
		if log.Enabled(Info) {
			b.Fatal()
		}
	}
}
