package resolver

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Options are the arguments of the `resolver` directive.
type Options struct {
	Servers    []netip.AddrPort
	Valid      time.Duration // valid=; 0: the answer's own time to live
	NoIPv4     bool          // ipv4=off
	NoIPv6     bool          // ipv6=off
	StatusZone string        // accepted; counters are the caller's
}

// ParseOptions reads the directive's arguments; the error is nginx's text.
// Server names are looked up through the system.
func ParseOptions(args []string) (Options, error) {
	var o Options
	for _, a := range args {
		key, value, _ := strings.Cut(a, "=")
		bad := fmt.Errorf("invalid parameter: %s", a)
		switch {
		case strings.HasPrefix(a, "valid="):
			d, ok := parseSeconds(value)
			if !ok {
				return o, bad
			}
			o.Valid = d
		case strings.HasPrefix(a, "ipv4="), strings.HasPrefix(a, "ipv6="):
			if value != "on" && value != "off" {
				return o, bad
			}
			if key == "ipv4" {
				o.NoIPv4 = value == "off"
			} else {
				o.NoIPv6 = value == "off"
			}
		case strings.HasPrefix(a, "status_zone="):
			if value == "" {
				return o, bad
			}
			o.StatusZone = value
		default:
			u, err := ParseURL(a, URLOptions{DefaultPort: 53})
			if err != nil {
				return o, fmt.Errorf("%s in resolver \"%s\"", err, a)
			}
			for _, x := range u.Addrs {
				if !x.IP.IsValid() {
					return o, fmt.Errorf("invalid host in resolver \"%s\"", a)
				}
				o.Servers = append(o.Servers, x.IP)
			}
		}
	}
	if o.NoIPv4 && o.NoIPv6 {
		return o, errors.New("\"ipv4\" and \"ipv6\" cannot both be \"off\"")
	}
	if len(args) > 0 && len(o.Servers) == 0 {
		return o, errors.New("no name servers defined")
	}
	return o, nil
}

// parseSeconds reads nginx's times with units down to seconds
// (ngx_parse_time): "30", "5m", "1h 30m" with units from large to small.
func parseSeconds(s string) (time.Duration, bool) {
	units := []struct {
		unit byte
		sec  int64
	}{{'y', 365 * 86400}, {'M', 30 * 86400}, {'w', 7 * 86400}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}
	const limit = int64(1) << 33
	var total int64
	next := 0
	if s == "" {
		return 0, false
	}
	for s != "" {
		n := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
		if n < 0 {
			n = len(s)
		}
		v, err := strconv.ParseInt(s[:n], 10, 40)
		if err != nil {
			return 0, false
		}
		s = s[n:]
		sec := int64(1)
		if s != "" && s[0] != ' ' {
			for next < len(units) && units[next].unit != s[0] {
				next++
			}
			if next == len(units) {
				return 0, false
			}
			sec = units[next].sec
			next++
			s = s[1:]
		} else {
			next = len(units)
		}
		if total += v * sec; v > limit || total > limit {
			return 0, false
		}
		s = strings.TrimLeft(s, " ")
	}
	return time.Duration(total) * time.Second, true
}
