package logging_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"moongate/engine/httpd/httpdtest"
	"moongate/gateway/plugin/plugintest"
)

// lines waits for n lines of a file.
func lines(t *testing.T, path string, n int) []string {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		b, _ := os.ReadFile(path)
		if strings.Count(string(b), "\n") >= n {
			return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		}
		if time.Now().After(end) {
			t.Fatalf("%s has not %d lines: %q", path, n, b)
		}
	}
}

// written is the line that file-log writes of ask with a configuration.
func written(t *testing.T, config, ask string) string {
	t.Helper()
	path := t.TempDir() + "/log"
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("file-log", `{"path":"`+path+`",`+config+`}`))
	g.Send(ask)
	return lines(t, path, 1)[0]
}

func TestFormat(t *testing.T) {
	ask := "GET /a?x=%22 HTTP/1.1\r\nHost: h.test\r\nUser-Agent: a\"b\\\xc3\xa4\t!\r\nConnection: close\r\n\r\n"
	for config, want := range map[string]string{
		`"format":"$request_method ${uri}s $status $gateway_route_name \"$http_user_agent\" $http_none end"`:   `GET /as 200 r1 "a\x22b\x5C\xC3\xA4\x09!" - end`,
		`"format":"{\"ua\":\"$http_user_agent\",\"none\":\"$http_none\",\"query\":\"$args\"}","escape":"json"`: `{"ua":"a\"b\\ä\t!","none":"","query":"x=%22"}`,
		`"format":"$http_user_agent$http_none|","escape":"none"`:                                               "a\"b\\ä\t!|",
		`"format":"no variable"`: "no variable",
		`"format":"$no_such"`:    "-",
	} {
		if got := written(t, config, ask); got != want {
			t.Errorf("%s: %s, want %s", config, got, want)
		}
	}
}

// Every logging plugin has the same format; it is sent as lines, not as JSON.
func TestFormatOfEach(t *testing.T) {
	const format = `"format":"line of $uri"`
	for _, name := range []string{"tcp-log", "http-log"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		config := fmt.Sprintf(`{"host":"127.0.0.1","port":%d,%s}`, l.Addr().(*net.TCPAddr).Port, format)
		if name == "http-log" {
			config = fmt.Sprintf(`{"http_endpoint":"http://%s/","content_type":"text/plain","queue":{"max_batch_size":2,"max_coalescing_delay":3600},%s}`, l.Addr(), format)
		}
		g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin(name, config))
		g.Get("/one")
		g.Get("/two")
		c, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(5 * time.Second))
		in := bufio.NewReader(c)
		var got string
		for !strings.HasSuffix(got, "line of /one\nline of /two\n") {
			line, err := in.ReadString('\n')
			if err != nil {
				t.Fatalf("%s: %q %v", name, got, err)
			}
			got += line
		}
		if name == "http-log" && !strings.Contains(got, "Content-Type: text/plain\r\nContent-Length: 26\r\n\r\n") {
			t.Errorf("%q", got)
		}
		c.Close()
		l.Close()
	}
}

func datagram(t *testing.T, name, config string) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin(name, fmt.Sprintf(config, c.LocalAddr().(*net.UDPAddr).Port))).Get("/one")
	c.SetDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 65536)
	n, _, err := c.ReadFrom(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}

func TestSyslogHeads(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	host = regexp.QuoteMeta(host)
	const config = `{"server":"127.0.0.1:%d","format":"it is $uri","facility":"local7","successful_severity":"notice","log_level":"notice"`
	for more, want := range map[string]string{
		``:                      `^<189>[A-Z][a-z]{2} [ 123]\d \d\d:\d\d:\d\d ` + host + ` kong: it is /one$`,
		`,"protocol":"rfc5424"`: fmt.Sprintf(`^<189>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z %s kong %d - - it is /one$`, host, os.Getpid()),
	} {
		if got := datagram(t, "syslog", config+more+"}"); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("%q, want %s", got, want)
		}
	}
	if got := datagram(t, "udp-log", `{"host":"127.0.0.1","port":%d,"format":"it is $uri"}`); got != "it is /one" {
		t.Errorf("%q", got)
	}

	// The system's own log knows its host.
	path := t.TempDir() + "/log"
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("syslog", `{"server":"unix:`+path+`","format":"x"}`)).Get("/")
	c.SetDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 1000)
	n, err := c.Read(b)
	if err != nil || !regexp.MustCompile(`^<14>[A-Z][a-z]{2} [ 123]\d \d\d:\d\d:\d\d kong: x$`).Match(b[:n]) {
		t.Errorf("%q %v", b[:n], err)
	}
}

// A record that no datagram can hold is lost alone.
func TestTooLong(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("udp-log",
		fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"format":"%s$uri"}`, c.LocalAddr().(*net.UDPAddr).Port, strings.Repeat("x", 65500))))
	g.Get("/too/long/by/two")
	g.Get("/fits")
	c.SetDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 1<<17)
	if n, _, err := c.ReadFrom(b); err != nil || !strings.HasSuffix(string(b[:n]), "x/fits") {
		t.Errorf("%d bytes %v", n, err)
	}
	g.WantLog(`udp-log \S+: 1 log records are dropped \(1 so far\): it can't be sent at all`)
}

// What Kong would let Lua do is done where it is constant, and refused elsewhere.
func TestConstants(t *testing.T) {
	record := written(t, `"custom_fields_by_lua":{"request.headers":"return nil","route.id":" return nil;","service.more.x":"return 'a b'","n":"return 12","yes":"return true","none.at.all":"return nil"}`, ask)
	var r struct {
		Request map[string]any
		Route   map[string]any
		Service struct {
			Name string
			More struct{ X string }
		}
		N   int
		Yes bool
	}
	if err := json.Unmarshal([]byte(record), &r); err != nil {
		t.Fatal(err)
	}
	_, headers := r.Request["headers"]
	_, id := r.Route["id"]
	if headers || id || r.Route["name"] != "r1" || r.Service.Name != "one" || r.Service.More.X != "a b" || r.N != 12 || !r.Yes || strings.Contains(record, `"none"`) {
		t.Errorf("%s", record)
	}
	for _, lua := range []string{"return kong.request.get_path()", "local x = 1 return x", "return 'a' .. 'b'", `return "a\n"`, "return", "nil"} {
		config, err := json.Marshal(map[string]any{"path": "/log", "custom_fields_by_lua": map[string]string{"x": lua}})
		if err != nil {
			t.Fatal(err)
		}
		if got := plugintest.Refused(plugintest.Plugin("file-log", string(config))); !strings.Contains(got, "only 'return' with nil") {
			t.Errorf("%s: %q", lua, got)
		}
	}
	for format, want := range map[string]string{"${a": "closing bracket", "a $ b": "name of a variable is missing", "$": "name of a variable is missing"} {
		if got := plugintest.Refused(plugintest.Plugin("file-log", `{"path":"/log","format":"`+format+`"}`)); !strings.Contains(got, want) {
			t.Errorf("%s: %q", format, got)
		}
	}
}

// A file that was moved away is left for a new one, with reopen and without.
func TestMoved(t *testing.T) {
	for _, reopen := range []bool{false, true} {
		path := t.TempDir() + "/log"
		g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("file-log", fmt.Sprintf(`{"path":"%s","reopen":%v,"format":"$uri"}`, path, reopen)))
		for i, uri := range []string{"/a", "/b", "/c"} {
			if s := httpdtest.Status(g.Get(uri)); s != "200" {
				t.Fatal(s)
			}
			if got := lines(t, path, 1); len(got) != 1 || got[0] != uri {
				t.Errorf("reopen %v, %d: %q", reopen, i, got)
			}
			if err := os.Rename(path, fmt.Sprint(path, i)); err != nil {
				t.Fatal(err)
			}
		}
	}
}
