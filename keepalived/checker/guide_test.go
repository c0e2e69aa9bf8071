package checker

import (
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/conf"
	"moongate/keepalived/config"
	"moongate/keepalived/config/configtest"
)

// guide is the configuration in the guide, as the program reads it.
func guide(t *testing.T) *config.Config {
	t.Helper()
	b, err := os.ReadFile("../../docs/guide/health-checks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "```keepalived\n")
	text, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the guide has no configuration")
	}
	f, err := conf.Read("k.conf", conf.Options{
		Read: func(string) ([]byte, error) { return []byte(text), nil },
		Glob: func(string) ([]string, error) { return nil, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	host := configtest.Two()
	host.Files["/bin/sh"] = host.Files["/bin/true"]
	cfg, problems := config.Load(f, host, config.Options{})
	for _, p := range problems {
		if p.Who&config.ByChecker != 0 && !strings.HasPrefix(p.Text, "SECURITY VIOLATION") {
			t.Errorf("the guide's configuration: %s", p.Text)
		}
	}
	return cfg
}

// The guide's servers come up, fail and come back as it says.
func TestGuide(t *testing.T) {
	cfg := guide(t)
	if len(cfg.Servers) != 2 || cfg.Global.Metrics != "127.0.0.1:9650" {
		t.Fatalf("%+v", cfg)
	}
	web := newWeb(t)
	door := newDoor(t)
	place := map[string]netip.AddrPort{"10.0.0.11": web.addr, "10.0.0.12": door.addr, "10.0.0.21": nameServer(t)}
	for _, v := range cfg.Servers {
		for _, r := range v.Servers {
			for _, c := range r.Checkers {
				c.Connect = place[r.Addr.Addr().String()]
				c.Loop, c.RetryDelay, c.Warmup = time.Millisecond, time.Millisecond, time.Millisecond
				if c.Misc != nil {
					c.Misc.Command.UID, c.Misc.Command.GID = uint32(os.Getuid()), uint32(os.Getgid())
				}
			}
		}
	}
	r := newRig(t, cfg)
	r.start()
	r.said("Gained quorum 2+1=3 <= 4 for VS [10.0.0.1]:tcp:80")
	r.said("Gained quorum 1+0=1 <= 1 for VS [10.0.0.1]:udp:53")
	r.said("Changing weight from 1 to 2 for inactive service [10.0.0.12]:tcp:80 of VS [10.0.0.1]:tcp:80")
	const up = "10.0.0.1 80=2 80=2; 10.0.0.1 53=1"
	if r.plane(up); t.Failed() {
		return
	}
	web.say("HTTP/1.0 200 OK\r\n\r\n{\"status\": \"sick\"}")
	r.said("Regex match failed server [10.0.0.11]:tcp:80.")
	r.said("HTTP_CHECK on service [10.0.0.11]:tcp:80 failed after 2 retries.")
	r.plane("10.0.0.1 80=2; 10.0.0.1 53=1")
	door.close()
	r.said("Disabling service [10.0.0.12]:tcp:80 of VS [10.0.0.1]:tcp:80")
	r.said("Lost quorum 2-1=1 > 0 for VS [10.0.0.1]:tcp:80")
	r.said("Adding sorry server [10.0.0.99]:tcp:80 to VS [10.0.0.1]:tcp:80")
	r.plane("10.0.0.1 80=0 80=1; 10.0.0.1 53=1")
	door.open()
	web.say(well)
	r.plane(up)
}

const well = "HTTP/1.0 200 OK\r\n\r\n{\"Status\": \"OK\"}"

// webServer sends one answer to all.
type webServer struct {
	addr netip.AddrPort
	next chan string
}

func newWeb(t *testing.T) *webServer {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w := &webServer{l.Addr().(*net.TCPAddr).AddrPort(), make(chan string, 10)}
	go func() {
		answer := well
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			select {
			case answer = <-w.next:
			default:
			}
			var b [1024]byte
			c.Read(b[:])
			io.WriteString(c, answer)
			c.Close()
		}
	}()
	return w
}

func (w *webServer) say(answer string) { w.next <- answer }

func nameServer(t *testing.T) netip.AddrPort {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		var b [512]byte
		for {
			n, from, err := c.ReadFrom(b[:])
			if err != nil {
				return
			}
			b[2] |= 0x80
			c.WriteTo(b[:n], from)
		}
	}()
	return c.LocalAddr().(*net.UDPAddr).AddrPort()
}
