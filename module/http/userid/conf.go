package userid

import (
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// conf is what the module keeps at each level. Texts are as they stand in the
// cookie: "; path=/".
type conf struct {
	mode    directive.Value[mode]
	service directive.Value[int]
	name    directive.Value[string]
	domain  directive.Value[string]
	path    directive.Value[string]
	p3p     directive.Value[string]
	expires directive.Value[int64] // seconds, 0 for none
	flags   directive.Value[uint]
	mark    directive.Value[byte]
}

type mainConf struct {
	reset httpd.VarIndex // $uid_reset
}

type mode uint8

const (
	modeOff mode = iota
	modeLog
	modeV1
	modeOn
)

const (
	flagOff = 2 << iota
	flagSecure
	flagHTTPOnly
	flagSameSite
	flagStrict
	flagLax
	flagNone
)

var flagNames = map[string]uint{"off": flagOff, "secure": flagSecure, "httponly": flagHTTPOnly,
	"samesite=strict": flagSameSite | flagStrict, "samesite=lax": flagSameSite | flagLax, "samesite=none": flagSameSite | flagNone}

// expiresMax is 31 Dec 2037 23:55:55 GMT, "max".
const expiresMax = 2145916555

func parseDomain(c *directive.Call) (string, error) {
	if c.Args[0] == "none" {
		return "", nil
	}
	return "; domain=" + c.Args[0], nil
}

func parseP3P(c *directive.Call) (string, error) {
	if c.Args[0] == "none" {
		return "", nil
	}
	return c.Args[0], nil
}

func parseExpires(c *directive.Call) (int64, error) {
	switch c.Args[0] {
	case "max":
		return expiresMax, nil
	case "off":
		return 0, nil
	}
	d, ok := directive.ParseSec(c.Args[0])
	if !ok {
		return 0, directive.Reason("invalid value")
	}
	return int64(d / time.Second), nil
}

func parseMark(c *directive.Call) (byte, error) {
	s := c.Args[0]
	if s == "off" {
		return 0, nil
	}
	if len(s) == 1 {
		if b := s[0]; b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || b == '=' {
			return b, nil
		}
	}
	return 0, directive.Reason("value must be \"off\" or a single letter, digit or \"=\"")
}
