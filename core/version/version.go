// Package version has the numbers that the program shows: on the command line, in Server
// headers, to Lua and in the Admin API. It imports nothing.
package version

// Moongate is the program's own. It is a variable so that a release can set it:
// go build -ldflags "-X moongate/core/version.Moongate=1.0.0".
var Moongate = "0.1.0"

// Nginx is the nginx whose behaviour this program has. NginxNumber is the same as nginx.h
// writes it.
const (
	Nginx       = "1.31.2"
	NginxNumber = 1031002
)

// Keepalived is the keepalived whose behaviour the program has under that name.
const Keepalived = "2.2.7"
