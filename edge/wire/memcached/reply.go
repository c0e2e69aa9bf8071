package memcached

import "bytes"

// Command is what a server is asked to do.
type Command uint8

const (
	Unknown Command = iota
	Get
	Set
	Add
	Replace
	Append
	Prepend
	Delete
	Incr
	Decr
	FlushAll
	Stats
	Version
)

// Commands are the commands by name.
var Commands = map[string]Command{
	"get": Get, "set": Set, "add": Add, "replace": Replace, "append": Append, "prepend": Prepend, "delete": Delete,
	"incr": Incr, "decr": Decr, "flush_all": FlushAll, "stats": Stats, "version": Version,
}

// Stores tells whether a command brings a value along.
func (c Command) Stores() bool { return c >= Set && c <= Prepend }

// Reply is what a server has answered to a command other than Get.
type Reply uint8

const (
	More     Reply = iota // bytes are missing
	Fine                  // done, or refused in a way that is no fault
	Stored                // the item is there now
	NotFound              // there is no such item
	Failed                // ERROR, CLIENT_ERROR or SERVER_ERROR
	Nonsense              // not an answer to this command
)

// ParseReply reads the answer to c; n is its length.
func ParseReply(c Command, in []byte) (n int, r Reply) {
	for {
		at := bytes.IndexByte(in[n:], '\n')
		if at < 0 {
			return n, More
		}
		line := in[n : n+at]
		n += at + 1
		if at == 0 || line[at-1] != '\r' {
			return n, Nonsense
		}
		line = line[:at-1]
		if c != Stats || string(line) == "END" || !bytes.HasPrefix(line, []byte("STAT ")) {
			return n, c.judge(line)
		}
	}
}

// judge reads the last line of an answer.
func (c Command) judge(line []byte) Reply {
	switch string(line) {
	case "ERROR":
		return Failed
	case "NOT_FOUND":
		if c.Stores() || c == Delete || c == Incr || c == Decr {
			return NotFound
		}
		return Nonsense
	}
	if bytes.HasPrefix(line, []byte("CLIENT_ERROR ")) || bytes.HasPrefix(line, []byte("SERVER_ERROR ")) {
		return Failed
	}
	switch {
	case c.Stores():
		switch string(line) {
		case "STORED":
			return Stored
		case "NOT_STORED", "EXISTS":
			return Fine
		}
		return Nonsense
	case c == Incr || c == Decr:
		if digits(line) {
			return Stored
		}
		return Nonsense
	}
	good := false
	switch c {
	case Delete:
		good = string(line) == "DELETED"
	case FlushAll:
		good = string(line) == "OK"
	case Stats:
		good = string(line) == "END"
	case Version:
		good = bytes.HasPrefix(line, []byte("VERSION ")) && len(line) > len("VERSION ")
	}
	if good {
		return Fine
	}
	return Nonsense
}

// digits tells whether a line is a number of up to 64 bits. Old servers write
// spaces behind one that has become shorter.
func digits(line []byte) bool {
	line = bytes.TrimRight(line, " ")
	for _, c := range line {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(line) > 0 && len(line) <= 20
}
