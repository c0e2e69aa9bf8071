package logging_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"moongate/gateway/plugin/plugintest"
)

const ask = "GET /a?x=1&x=2 HTTP/1.1\r\nHost: h.test\r\nAuthorization: secret\r\nConnection: close\r\n\r\n"

// check looks at what every record of ask has.
func check(t *testing.T, name, record string) {
	t.Helper()
	var r struct {
		Request struct {
			URI, URL, Method string
			Querystring      map[string]any
			Headers          map[string]string
		}
		Response struct{ Status, Size int }
		Route    struct{ Name string }
		Service  struct{ Name string }
		Started  int64  `json:"started_at"`
		IP       string `json:"client_ip"`
		Extra    struct{ Who string }
	}
	if err := json.Unmarshal([]byte(record), &r); err != nil {
		t.Errorf("%s: %v in %q", name, err, record)
		return
	}
	got := fmt.Sprintln(r.Request.URI, r.Request.URL, r.Request.Method, r.Request.Querystring, r.Request.Headers["authorization"], r.Response.Status, r.Route.Name, r.Service.Name, r.IP, r.Extra.Who)
	if got != "/a?x=1&x=2 http://h.test:80/a?x=1&x=2 GET map[x:[1 2]] REDACTED 200 r1 one unix: h.test\n" {
		t.Errorf("%s: %s", name, got)
	}
	if r.Started < 1e12 || r.Response.Size == 0 {
		t.Errorf("%s: started %d, size %d", name, r.Started, r.Response.Size)
	}
}

func serve(t *testing.T, name, config string) {
	t.Helper()
	config = `{"custom_fields":{"extra.who":"$(headers.host)"},` + config + `}`
	g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin(name, config))
	g.Send(ask)
}

func TestFile(t *testing.T) {
	path := t.TempDir() + "/log"
	serve(t, "file-log", `"path":"`+path+`"`)
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		b, _ := os.ReadFile(path)
		if line, ok := strings.CutSuffix(string(b), "\n"); ok {
			check(t, "file-log", line)
			return
		}
		if time.Now().After(end) {
			t.Fatal("nothing is in the file")
		}
	}
}

func TestTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	serve(t, "tcp-log", fmt.Sprintf(`"host":"127.0.0.1","port":%d`, l.Addr().(*net.TCPAddr).Port))
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	check(t, "tcp-log", line)
}

func TestDatagrams(t *testing.T) {
	for name, config := range map[string]string{"udp-log": `"host":"127.0.0.1","port":%s`, "syslog": `"server":"127.0.0.1:%s","facility":"local7"`} {
		c, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		serve(t, name, fmt.Sprintf(config, strconv.Itoa(c.LocalAddr().(*net.UDPAddr).Port)))
		c.SetDeadline(time.Now().Add(5 * time.Second))
		b := make([]byte, 65536)
		n, _, err := c.ReadFrom(b)
		c.Close()
		if err != nil {
			t.Fatal(err)
		}
		record := string(b[:n])
		if name == "syslog" {
			if !strings.HasPrefix(record, "<190>") {
				t.Error(record)
			}
			_, record, _ = strings.Cut(record, " kong: ")
		}
		check(t, name, record)
	}
}

// The first answer is a failure: the record comes again.
func TestHTTP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	serve(t, "http-log", fmt.Sprintf(`"http_endpoint":"http://u:p@%s/in?a=b","headers":{"X-A":"1"}`, l.Addr()))
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(5 * time.Second))
	in := textproto.NewReader(bufio.NewReader(c))
	for _, reply := range []string{"503 Away", "200 OK"} {
		line, err := in.ReadLine()
		if err != nil || line != "POST /in?a=b HTTP/1.1" {
			t.Fatal(line, err)
		}
		h, err := in.ReadMIMEHeader()
		if err != nil || h.Get("X-A") != "1" || h.Get("Authorization") != "Basic dTpw" || h.Get("Content-Type") != "application/json" {
			t.Fatal(h, err)
		}
		n, _ := strconv.Atoi(h.Get("Content-Length"))
		b := make([]byte, n)
		if _, err := io.ReadFull(in.R, b); err != nil {
			t.Fatal(err)
		}
		check(t, "http-log", string(b))
		fmt.Fprintf(c, "HTTP/1.1 %s\r\nContent-Length: 2\r\n\r\nok", reply)
	}
}
