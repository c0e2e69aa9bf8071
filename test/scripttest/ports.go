package scripttest

import (
	"fmt"
	"net"
	"os"
	"sync"
)

// Ports come from below the range that the kernel hands out to clients (32768
// and up), so that an outgoing connection can never sit on a script's port.
// Test processes that run side by side start at different places.
var ports struct {
	sync.Mutex
	next int
}

const (
	firstPort = 10000
	lastPort  = 32000
)

func freePort() int {
	ports.Lock()
	defer ports.Unlock()
	if ports.next == 0 {
		ports.next = firstPort + os.Getpid()*331%(lastPort-firstPort)
	}
	for range lastPort - firstPort {
		p := ports.next
		if ports.next++; ports.next > lastPort {
			ports.next = firstPort
		}
		l, err := net.Listen("tcp", fmt.Sprintf(":%d", p))
		if err != nil {
			continue
		}
		l.Close()
		return p
	}
	panic("no free port")
}
