package lvs

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"
)

// client connects and says whom it reached.
type client struct {
	port int              // the last one that datagrams came from: each socket has its own
	held map[string]*held // by name of the group and number
	load *load
}

type held struct {
	net.Conn
	r *bufio.Reader
}

func newClient() role { return &client{held: map[string]*held{}} }

// dial is what to connect to, and how often.
type dial struct {
	To   string
	N    int
	Hold string   // the name of the group that the connections are kept in
	From []string // source addresses with ports, in turn
	Wait int      // milliseconds that it may take, 3000 if 0
	Size int      // of datagrams, if more than a word
}

func (c *client) do(k call) answer {
	var d dial
	if err := json.Unmarshal(k.Args, &d); err != nil {
		return failure(err)
	}
	switch k.Do {
	case "tcp":
		return c.tcp(d)
	case "udp":
		return c.udp(d)
	case "echo":
		return c.echo(d.Hold, d.N)
	case "drop":
		for name, h := range c.held {
			if strings.HasPrefix(name, d.Hold+"/") {
				h.Close()
				delete(c.held, name)
			}
		}
		return answer{}
	case "load":
		c.load = startLoad(d.To, d.N)
		return answer{}
	case "loaded":
		return value(c.load.end())
	case "rate":
		return c.rate(d)
	case "stream":
		return c.stream(d)
	}
	return failure(fmt.Errorf("a client can't %s", k.Do))
}

func (d dial) wait() time.Duration {
	if d.Wait == 0 {
		return 3 * time.Second
	}
	return time.Duration(d.Wait) * time.Millisecond
}

func (d dial) open(network string, i int) (net.Conn, error) {
	n := net.Dialer{Timeout: d.wait()}
	if len(d.From) > 0 {
		at, err := netip.ParseAddrPort(d.From[i%len(d.From)])
		if err != nil {
			return nil, err
		}
		if n.LocalAddr = net.Addr(net.TCPAddrFromAddrPort(at)); network == "udp" {
			n.LocalAddr = net.UDPAddrFromAddrPort(at)
		}
	}
	conn, err := n.Dial(network, d.To)
	if err == nil {
		conn.SetDeadline(time.Now().Add(d.wait()))
	}
	return conn, err
}

// tcp connects N times and gives the names of who answered; a failure is "!" and
// its text.
func (c *client) tcp(d dial) answer {
	names := []string{}
	for i := range d.N {
		conn, err := d.open("tcp", i)
		if err != nil {
			names = append(names, "!"+err.Error())
			continue
		}
		r := bufio.NewReader(conn)
		name, err := readName(r)
		if err != nil {
			name = "!" + err.Error()
		}
		names = append(names, name)
		if d.Hold != "" && err == nil {
			conn.SetDeadline(time.Time{})
			c.held[fmt.Sprintf("%s/%d/%s", d.Hold, i, name)] = &held{conn, r}
		} else {
			conn.Close()
		}
	}
	return value(names)
}

// udp sends N datagrams, each by a socket of its own.
func (c *client) udp(d dial) answer {
	names := []string{}
	for i := range d.N {
		names = append(names, func() string {
			c.port++
			if len(d.From) == 0 {
				d.From = []string{""}
			}
			if !strings.HasSuffix(d.To, "]:80") {
				d.From[0] = fmt.Sprintf("0.0.0.0:%d", 10000+c.port)
			} else {
				d.From[0] = fmt.Sprintf("[::]:%d", 10000+c.port)
			}
			conn, err := d.open("udp", i)
			if err != nil {
				return "!" + err.Error()
			}
			defer conn.Close()
			word := fmt.Sprintf("hello %d", i)
			word += strings.Repeat("x", max(d.Size-len(word), 0))
			if _, err = io.WriteString(conn, word); err != nil {
				return "!" + err.Error()
			}
			buf := make([]byte, 65536)
			n, err := conn.Read(buf)
			if err != nil {
				return "!" + err.Error()
			}
			name, rest, _ := strings.Cut(string(buf[:n]), " ")
			if rest != word {
				return "!another answer"
			}
			return name
		}())
	}
	return value(names)
}

// echo sends n bytes by each held connection of a group and waits for them; it
// gives the faults.
func (c *client) echo(group string, n int) answer {
	faults := []string{}
	for name, h := range c.held {
		if !strings.HasPrefix(name, group+"/") {
			continue
		}
		out := bytes.Repeat([]byte("moongate"), n/8+1)
		in := make([]byte, len(out))
		h.SetDeadline(time.Now().Add(5 * time.Second))
		done := make(chan error, 1)
		go func() { _, err := h.Write(out); done <- err }()
		_, err := io.ReadFull(h.r, in)
		if werr := <-done; err == nil {
			err = werr
		}
		if err == nil && !bytes.Equal(in, out) {
			err = fmt.Errorf("other bytes came back")
		}
		if err != nil {
			faults = append(faults, name+": "+err.Error())
		}
	}
	return value(faults)
}
