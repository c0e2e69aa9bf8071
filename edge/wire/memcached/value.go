package memcached

import "strings"

// Value is the line that begins an item: VALUE <key> <flags> <bytes>.
type Value struct {
	Flags  string
	Length int64
}

// Found is what an answer to "get" begins with.
type Found uint8

const (
	Hit       Found = iota
	Miss            // END: there is no such item
	WrongKey        // an item that was not asked for
	BadLength       // the number of bytes is not one
	Invalid         // not in the protocol
)

// ParseValue reads the first line of an answer to "get", without its end.
func ParseValue(line, key string) (v Value, f Found) {
	rest, item := strings.CutPrefix(line, "VALUE ")
	if !item {
		if line == "END" {
			return v, Miss
		}
		return v, Invalid
	}
	rest, ours := strings.CutPrefix(rest, key)
	if !ours {
		return v, WrongKey
	}
	if rest == "" || rest[0] != ' ' {
		return v, Invalid
	}
	var length string
	var two bool
	if v.Flags, length, two = strings.Cut(rest[1:], " "); !two {
		return v, Invalid
	}
	var ok bool
	if v.Length, ok = number(length); !ok {
		return v, BadLength
	}
	return v, Hit
}

// number reads an unsigned number that has nothing before or behind it.
func number(s string) (n int64, ok bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// Flags reads the flags of an item.
func Flags(s string) (n int64, ok bool) { return number(s) }
