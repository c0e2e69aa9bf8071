package resolver

import (
	"net/netip"
	"time"

	"moongate/edge/sys/dgram"
	"moongate/edge/sys/event"
)

// Network is how a Resolver reaches its servers without blocking anybody:
// a worker's loop (OnLoop), or something simpler in tests and tools.
type Network interface {
	// Dial makes a connected socket; network is "udp" or "tcp".
	Dial(network string, to netip.AddrPort, timeout time.Duration) (Socket, error)
	// Go runs fn on a goroutine that may wait.
	Go(fn func())
}

// Socket is a connection to a name server. Read gives one datagram, or bytes
// of a stream, within the time set by SetReadTimeout.
type Socket interface {
	Read(p []byte) (int, error)
	Write(p []byte) (int, error)
	SetReadTimeout(d time.Duration)
	Close() error
}

// OnLoop is the network of a worker.
func OnLoop(l *event.Loop) Network { return loopNetwork{l} }

type loopNetwork struct{ loop *event.Loop }

func (n loopNetwork) Go(fn func()) { n.loop.Go(fn) }

func (n loopNetwork) Dial(network string, to netip.AddrPort, timeout time.Duration) (Socket, error) {
	if network == "tcp" {
		c, err := n.loop.Dial("tcp", to.String(), "", timeout)
		if err != nil {
			return nil, err
		}
		return c, nil
	}
	fd, _, err := dgram.Dial(dgram.Addr{IP: to})
	if err != nil {
		return nil, err
	}
	p, err := n.loop.Poll(fd, nil)
	if err != nil {
		_ = dgram.Close(fd)
		return nil, err
	}
	return datagrams{p}, nil
}

// datagrams is a connected UDP socket in the loop.
type datagrams struct{ *event.Poll }

func (d datagrams) Read(p []byte) (int, error) { return d.RecvFrom(p, nil) }

func (d datagrams) Write(p []byte) (int, error) { return len(p), d.SendTo(p, nil) }
