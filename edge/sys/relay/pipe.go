package relay

import (
	"sync"

	"golang.org/x/sys/unix"
)

// pipe is where bytes wait inside the kernel between two connections.
type pipe struct{ r, w int }

// room is how many bytes a pipe shall hold; where the system allows less, it has 64 kB.
const room = 256 << 10

// spare are empty pipes. An idle connection has none.
var spare struct {
	sync.Mutex
	list []pipe
}

const mostSpare = 64

func takePipe() (pipe, error) {
	spare.Lock()
	if n := len(spare.list); n > 0 {
		p := spare.list[n-1]
		spare.list = spare.list[:n-1]
		spare.Unlock()
		return p, nil
	}
	spare.Unlock()
	var fd [2]int
	if err := unix.Pipe2(fd[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		return pipe{}, err
	}
	unix.FcntlInt(uintptr(fd[0]), unix.F_SETPIPE_SZ, room)
	return pipe{fd[0], fd[1]}, nil
}

// givePipe takes a pipe back; one that isn't empty is closed.
func givePipe(p pipe, empty bool) {
	if empty {
		spare.Lock()
		if len(spare.list) < mostSpare {
			spare.list = append(spare.list, p)
			spare.Unlock()
			return
		}
		spare.Unlock()
	}
	unix.Close(p.r)
	unix.Close(p.w)
}
