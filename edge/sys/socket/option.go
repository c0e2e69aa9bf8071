package socket

import "golang.org/x/sys/unix"

// options are those that programs set by name on a connection: ngx.socket's setoption.
var options = map[string][2]int{
	"keepalive":   {unix.SOL_SOCKET, unix.SO_KEEPALIVE},
	"reuseaddr":   {unix.SOL_SOCKET, unix.SO_REUSEADDR},
	"tcp-nodelay": {unix.IPPROTO_TCP, unix.TCP_NODELAY},
	"sndbuf":      {unix.SOL_SOCKET, unix.SO_SNDBUF},
	"rcvbuf":      {unix.SOL_SOCKET, unix.SO_RCVBUF},
	"keepintvl":   {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL},
	"keepcnt":     {unix.IPPROTO_TCP, unix.TCP_KEEPCNT},
}

// SetOption sets an option by its name; known is false for a name that isn't one.
func SetOption(fd int, name string, value int) (known bool, err error) {
	o, known := options[name]
	if !known {
		return false, nil
	}
	return true, unix.SetsockoptInt(fd, o[0], o[1], value)
}

// Option reads it.
func Option(fd int, name string) (value int, known bool, err error) {
	o, known := options[name]
	if !known {
		return 0, false, nil
	}
	value, err = unix.GetsockoptInt(fd, o[0], o[1])
	return value, true, err
}
