package lvs

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
)

// server says its name to who connects, to port 80 or 8080, and gives back what it
// gets then; datagrams are answered with its name and what was in them.
type server struct{ name string }

func newServer() role { return &server{} }

func (s *server) do(c call) answer {
	switch c.Do {
	case "listen":
		s.name = c.Names[0]
		for _, port := range []string{":80", ":8080"} {
			l, err := net.Listen("tcp", port)
			if err != nil {
				return failure(err)
			}
			go s.accept(l)
		}
		return answer{}
	case "sink": // takes all that comes, and says how much it was
		l, err := net.Listen("tcp", ":8081")
		if err != nil {
			return failure(err)
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() {
					defer c.Close()
					n, _ := io.Copy(io.Discard, c)
					io.WriteString(c, strconv.FormatInt(n, 10))
				}()
			}
		}()
		return answer{}
	case "answer": // datagrams to one address, so that the answers come from there
		u, err := net.ListenPacket("udp", c.Names[0])
		if err != nil {
			return failure(err)
		}
		go s.datagrams(u)
		return answer{}
	case "untunnel":
		return failure(untunnel())
	}
	return failure(fmt.Errorf("a server can't %s", c.Do))
}

func (s *server) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			fmt.Fprintln(c, s.name)
			io.Copy(c, c)
		}()
	}
}

func (s *server) datagrams(u net.PacketConn) {
	buf := make([]byte, 65536)
	for {
		n, from, err := u.ReadFrom(buf)
		if err != nil {
			return
		}
		u.WriteTo(append([]byte(s.name+" "), buf[:n]...), from)
	}
}

// readName reads a server's first line.
func readName(r *bufio.Reader) (string, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return "", err
	}
	return line[:len(line)-1], nil
}
