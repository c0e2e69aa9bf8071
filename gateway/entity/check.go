package entity

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"moongate/gateway/schema"
)

// text makes a check of a function on strings.
func text(f func(s string) string) func(any) string {
	return func(v any) string {
		s, ok := v.(string)
		if !ok {
			return ""
		}
		return f(s)
	}
}

var hostname = regexp.MustCompile(`^([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?\.)*[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?\.?$`)

// address is what stands where a host may stand.
type address struct {
	host    string
	ip      netip.Addr
	port    int
	hasPort bool
}

// parseAddress takes names, IPv4, IPv6 with and without brackets, with or
// without a port.
func parseAddress(s string) (a address, ok bool) {
	a.host = s
	if ip, err := netip.ParseAddr(s); err == nil && ip.Zone() == "" {
		a.ip = ip
		return a, true
	}
	if rest, found := strings.CutPrefix(s, "["); found {
		in, after, closed := strings.Cut(rest, "]")
		ip, err := netip.ParseAddr(in)
		if !closed || err != nil || !ip.Is6() || ip.Zone() != "" {
			return a, false
		}
		a.host, a.ip, s = in, ip, after
		if s == "" {
			return a, true
		}
		if s[0] != ':' {
			return a, false
		}
	}
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		n, err := strconv.ParseUint(s[i+1:], 10, 16)
		if err != nil {
			return a, false
		}
		a.port, a.hasPort = int(n), true
		if s = s[:i]; s != "" {
			a.host = s
		}
	}
	if !a.ip.IsValid() {
		if ip, err := netip.ParseAddr(a.host); err == nil && ip.Is4() {
			a.ip = ip
			return a, true
		}
	}
	return a, a.ip.IsValid() || len(a.host) <= 253 && hostname.MatchString(a.host)
}

func checkHost(s string) string {
	a, ok := parseAddress(s)
	switch {
	case !ok:
		return "invalid value: " + s
	case a.hasPort:
		return "must not have a port"
	}
	return ""
}

func checkSNI(s string) string {
	a, ok := parseAddress(s)
	switch {
	case !ok:
		return "invalid value: " + s
	case a.ip.IsValid():
		return "must not be an IP"
	case a.hasPort:
		return "must not have a port"
	}
	return ""
}

func checkWildcardSNI(s string) string {
	if i := strings.IndexByte(s, '*'); i >= 0 {
		if strings.Count(s, "*") > 1 {
			return "only one wildcard must be specified"
		}
		if i != 0 && i != len(s)-1 {
			return "wildcard must be leftmost or rightmost character"
		}
		s = strings.Replace(s, "*", "wildcard", 1)
	}
	return checkSNI(s)
}

// checkRouteHost allows one wildcard label at an end, and a port.
func checkRouteHost(s string) string {
	switch n := strings.Count(s, "*"); {
	case n > 1:
		return "invalid wildcard: must have at most one wildcard"
	case n == 1:
		bare, _, _ := strings.Cut(s, ":")
		if !strings.HasPrefix(bare, "*.") && !strings.HasSuffix(bare, ".*") {
			return "invalid wildcard: must be placed at leftmost or rightmost label"
		}
	}
	if _, ok := parseAddress(strings.Replace(s, "*", "abc", 1)); !ok {
		return "invalid value: " + s
	}
	return ""
}

func checkUpstreamName(s string) string {
	a, ok := parseAddress(s)
	switch {
	case !ok:
		return "Invalid name; must be a valid hostname"
	case a.ip.IsValid():
		return "Invalid name; no ip addresses allowed"
	case a.hasPort:
		return "Invalid name; no port allowed"
	}
	return ""
}

func checkTarget(s string) string {
	if a, ok := parseAddress(s); !ok || a.hasPort && a.port == 0 {
		return "Invalid target ('" + s + "'); not a valid hostname or ip address"
	}
	return ""
}

func checkCIDR(s string) string {
	if _, err := netip.ParseAddr(s); err == nil {
		return ""
	}
	if _, err := netip.ParsePrefix(s); err == nil {
		return ""
	}
	return "invalid ip or cidr range: '" + s + "'"
}

var (
	plainName = regexp.MustCompile(`^[A-Za-z0-9.\-_~\x{80}-\x{10ffff}]+$`)
	tagText   = regexp.MustCompile(`^[ !-+\-.0-~\x{80}-\x{10ffff}]+$`)
	token     = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
	header    = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	method    = regexp.MustCompile(`^[A-Z]+$`)
	pathText  = regexp.MustCompile(`^/[A-Za-z0-9._~/%!$&'()*+,;=:@-]*$`)
	percent   = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)
)

func checkName(s string) string {
	if !plainName.MatchString(s) {
		return "invalid value '" + s + "': the only accepted ascii characters are alphanumerics or ., -, _, and ~"
	}
	return ""
}

func checkTag(s string) string {
	if !tagText.MatchString(s) {
		return "invalid tag '" + s + "': expected printable ascii (except `,` and `/`) or valid utf-8 sequences"
	}
	return ""
}

func checkHeaderName(s string) string {
	if !header.MatchString(s) {
		return "bad header name '" + s + "', allowed characters are A-Z, a-z, 0-9, '_', and '-'"
	}
	return ""
}

func checkCookieName(s string) string {
	if !token.MatchString(s) {
		return "bad cookie name '" + s + "', allowed characters are those of an HTTP token"
	}
	return ""
}

func checkPath(s string) string {
	switch {
	case s[0] != '/':
		return "should start with: /"
	case strings.Contains(s, "//"):
		return "must not have empty segments"
	case !pathText.MatchString(s):
		return "invalid path: '" + s + "' (characters outside of the reserved list of RFC 3986 found)"
	}
	return badPercent(s)
}

func badPercent(s string) string {
	raw := percent.ReplaceAllString(s, "")
	if i := strings.IndexByte(raw, '%'); i >= 0 {
		return "invalid url-encoded value: '" + raw[i:min(i+3, len(raw))] + "'"
	}
	return ""
}

// checkRoutePath judges /fixed paths and ~/regex paths.
func (o *Outside) checkRoutePath(s string) string {
	re, isRegex := strings.CutPrefix(s, "~")
	switch {
	case !strings.HasPrefix(re, "/"):
		return "should start with: / (fixed path) or ~/ (regex path)"
	case strings.Contains(s, "//"):
		return "must not have empty segments"
	case isRegex:
		return checkRegex(o.Path, re)
	}
	if text := badPercent(s); text != "" {
		return text
	}
	if n := normalPath(s); n != s {
		return "non-normalized path, consider use '" + n + "' instead"
	}
	return ""
}

func checkRegex(check func(pattern string) error, re string) string {
	if check == nil {
		return ""
	}
	if err := check(re); err != nil {
		return fmt.Sprintf("invalid regex: '%s' (PCRE returned: %v)", re, err)
	}
	return ""
}

// checkValue judges a value that is compared, or matched where it is ~*regex.
func (o *Outside) checkValue(s string) string {
	if re, ok := strings.CutPrefix(s, "~*"); ok {
		return checkRegex(o.Regex, re)
	}
	return ""
}

// checkRedis takes host:port and unix:/path.
func checkRedis(s string) string {
	if path, ok := strings.CutPrefix(s, "unix:"); ok {
		if !strings.HasPrefix(path, "/") {
			return "the path of a unix socket begins with /"
		}
		return ""
	}
	if a, ok := parseAddress(s); !ok || !a.hasPort || a.port == 0 {
		return "expected host:port or unix:/path"
	}
	return ""
}

// normalPath is RFC 3986, 6.2.2: percent codes in capitals and only where they
// are needed, dot segments resolved.
func normalPath(s string) string {
	s = percent.ReplaceAllStringFunc(s, func(code string) string {
		n, _ := strconv.ParseUint(code[1:], 16, 8)
		c := byte(n)
		if c < utf8.RuneSelf && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0) {
			return string(rune(c))
		}
		return strings.ToUpper(code)
	})
	var out []string
	segments := strings.Split(s, "/")[1:]
	for i, segment := range segments {
		last := i == len(segments)-1
		switch segment {
		case ".", "..":
			if segment == ".." && len(out) > 0 {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, segment)
		}
	}
	return "/" + strings.Join(out, "/")
}

// fault is one fault at a field, with dots inside a record, or between fields.
func fault(message, hint, field string) schema.Faults {
	f := schema.Faults{{Message: message, Hint: hint, Entity: field == ""}}
	if field == "" {
		return f
	}
	var path []any
	for _, name := range strings.Split(field, ".") {
		path = append(path, name)
	}
	return f.Below(path...)
}
