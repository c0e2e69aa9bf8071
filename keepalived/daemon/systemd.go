package daemon

import (
	"io"
	"net"
	"strconv"
	"strings"

	"moongate/edge/sys/proc"
)

// notifySystemd tells the service manager how things stand, if it asked for that
// (sd_notify(3)).
func notifySystemd(socket, text string) {
	if socket == "" {
		return
	}
	if strings.HasPrefix(socket, "@") {
		socket = "\x00" + socket[1:]
	}
	if conn, err := net.Dial("unixgram", socket); err == nil {
		io.WriteString(conn, text)
		conn.Close()
	}
}

// monotonic is the time that systemd wants with RELOADING=1.
func monotonic() string {
	return "MONOTONIC_USEC=" + strconv.FormatInt(proc.Monotonic().Microseconds(), 10)
}
