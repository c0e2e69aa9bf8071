package socket

import (
	"fmt"
	"math"
	"strings"
)

// Backlog is the length of the accept queue unless listen says otherwise
// (NGX_LISTEN_BACKLOG on Linux).
const Backlog = 511

// Options are the parameters of listen that concern the socket.
type Options struct {
	Datagram  bool // UDP; by "udp" or "quic" of the directive
	ReusePort bool
	Deferred  bool
	Multipath bool // MPTCP
	IPv6Only  bool
	Backlog   int
	FastOpen  int // -1: not set
	RcvBuf    int // -1: not set
	SndBuf    int
	KeepAlive int // 0: not set, 1: on, 2: off
	KeepIdle  int // seconds, 0: not set
	KeepIntvl int
	KeepCnt   int
	// Reclaim takes the path of a unix socket from a program that has died without
	// removing it. It has no parameter: nginx leaves such a file to the administrator.
	Reclaim bool
}

// DefaultOptions are those of a listen without parameters.
func DefaultOptions() Options {
	return Options{IPv6Only: true, Backlog: Backlog, FastOpen: -1, RcvBuf: -1, SndBuf: -1}
}

// Param reads one parameter. known is false for what is not a socket's. notice
// is a text to be logged for a parameter that this system has no use for. err
// is worded as nginx words it.
func (o *Options) Param(p string) (known bool, notice string, err error) {
	name, value, _ := strings.Cut(p, "=")
	switch {
	case p == "reuseport":
		o.ReusePort = true
	case p == "deferred":
		o.Deferred = true
	case p == "multipath":
		o.Multipath = true
	case !strings.Contains(p, "="):
		return false, "", nil
	case name == "setfib":
		return true, fmt.Sprintf("the \"setfib\" parameter \"%s\" is not supported on this platform, ignored", p), nil
	case name == "accept_filter":
		return true, fmt.Sprintf("accept filters \"%s\" are not supported on this platform, ignored", p), nil
	case name == "fastopen":
		o.FastOpen, err = positive(value, 0, "invalid fastopen", p)
	case name == "backlog":
		o.Backlog, err = positive(value, 1, "invalid backlog", p)
	case name == "rcvbuf":
		o.RcvBuf, err = size(value, "invalid rcvbuf", p)
	case name == "sndbuf":
		o.SndBuf, err = size(value, "invalid sndbuf", p)
	case strings.HasPrefix(p, "ipv6only=o"):
		switch value {
		case "on":
			o.IPv6Only = true
		case "off":
			o.IPv6Only = false
		default:
			err = fmt.Errorf("invalid ipv6only flags \"%s\"", value)
		}
	case name == "so_keepalive":
		if !o.keepAlive(value) {
			err = fmt.Errorf("invalid so_keepalive value: \"%s\"", value)
		}
	default:
		return false, "", nil
	}
	return true, "", err
}

// keepAlive reads on, off or idle:intvl:cnt, each of which may be left out.
func (o *Options) keepAlive(v string) bool {
	switch v {
	case "on":
		o.KeepAlive = 1
		return true
	case "off":
		o.KeepAlive = 2
		return true
	}
	idle, rest, _ := strings.Cut(v, ":")
	intvl, cnt, _ := strings.Cut(rest, ":")
	for _, f := range []struct {
		text string
		to   *int
		read func(string) int
	}{{idle, &o.KeepIdle, seconds}, {intvl, &o.KeepIntvl, seconds}, {cnt, &o.KeepCnt, number}} {
		if f.text != "" {
			if *f.to = f.read(f.text); *f.to < 0 || *f.to > math.MaxInt32 {
				return false
			}
		}
	}
	if o.KeepIdle == 0 && o.KeepIntvl == 0 && o.KeepCnt == 0 {
		return false
	}
	o.KeepAlive = 1
	return true
}

func positive(value string, least int, text, param string) (int, error) {
	n := number(value)
	if n < least || n > math.MaxInt32 {
		return 0, fmt.Errorf("%s \"%s\"", text, param)
	}
	return n, nil
}

// size is ngx_parse_size.
func size(value, text, param string) (int, error) {
	digits, unit := value, 1
	if n := len(value); n > 0 {
		switch value[n-1] {
		case 'k', 'K':
			digits, unit = value[:n-1], 1<<10
		case 'm', 'M':
			digits, unit = value[:n-1], 1<<20
		}
	}
	n := number(digits)
	if n < 0 || n > math.MaxInt32/unit {
		return 0, fmt.Errorf("%s \"%s\"", text, param)
	}
	return n * unit, nil
}

// seconds is ngx_parse_time for seconds: "90", "1m30s", "1h 30m", units from
// large to small; -1 for anything else.
func seconds(v string) int {
	units := "yMwdhms"
	worth := []int{365 * 86400, 30 * 86400, 7 * 86400, 86400, 3600, 60, 1}
	total, value, next, digits := 0, 0, 0, false
	for i := 0; i < len(v); i++ {
		c := v[i]
		switch {
		case c >= '0' && c <= '9':
			if value > math.MaxInt32/10 {
				return -1
			}
			value, digits = value*10+int(c-'0'), true
			continue
		case c == ' ' && digits:
			c = 's'
		case c == ' ':
			continue
		}
		k := strings.IndexByte(units, c)
		if k < next || !digits {
			return -1
		}
		if next = k + 1; value > math.MaxInt32/worth[k] {
			return -1
		}
		total, value, digits = total+value*worth[k], 0, false
	}
	if digits && next == len(units) {
		return -1
	}
	if total+value == 0 && !digits && next == 0 {
		return -1
	}
	return total + value
}
