package proxycache

import (
	"strings"

	"moongate/edge/wire/http1"
)

// control is what Cache-Control headers say (RFC 9111, 5.2). Seconds are -1 where they are
// not given.
type control struct {
	noStore, noCache, private, onlyIfCached bool
	maxAge, sMaxAge, maxStale, minFresh     int64
	anyStale                                bool // max-stale without a number
}

const unset = -1

// readControl reads all Cache-Control headers of a list.
func readControl(list []http1.Header) control {
	c := control{maxAge: unset, sMaxAge: unset, maxStale: unset, minFresh: unset}
	for k := range list {
		if h := &list[k]; http1.EqualFold(h.Name, "Cache-Control") {
			for word := range strings.SplitSeq(h.Value, ",") {
				c.word(strings.Trim(word, " \t"))
			}
		}
	}
	return c
}

func (c *control) word(s string) {
	name, value, given := strings.Cut(s, "=")
	switch strings.ToLower(strings.TrimRight(name, " \t")) {
	case "no-store":
		c.noStore = true
	case "no-cache":
		c.noCache = true
	case "private":
		c.private = true
	case "only-if-cached":
		c.onlyIfCached = true
	case "max-age":
		c.maxAge = seconds(value)
	case "s-maxage":
		c.sMaxAge = seconds(value)
	case "max-stale":
		if c.maxStale = seconds(value); !given {
			c.anyStale = true
		}
	case "min-fresh":
		c.minFresh = seconds(value)
	}
}

// seconds reads a number, with or without quotes; what is no number is 0, so that it is
// never held to allow anything (RFC 9111, 4.2.1).
func seconds(s string) int64 {
	s = strings.Trim(s, " \t\"")
	n := int64(0)
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0
		}
		if n = n*10 + int64(s[i]-'0'); n > 1<<31 {
			return 1 << 31
		}
	}
	return n
}

// lifetime is for how many seconds a service says that its answer is fresh, 0 if it
// doesn't say.
func (c *control) lifetime(list []http1.Header, now int64) int64 {
	switch {
	case c.sMaxAge != unset:
		return c.sMaxAge
	case c.maxAge != unset:
		return c.maxAge
	}
	for k := range list {
		if h := &list[k]; http1.EqualFold(h.Name, "Expires") {
			if t, ok := http1.ParseDate(h.Value); ok {
				return max(t-now/1000, 0)
			}
			return 0
		}
	}
	return 0
}
