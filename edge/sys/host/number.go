package host

import (
	"net/netip"
	"strconv"
	"strings"
)

// ParseIPv4 is ngx_inet_addr: four decimal numbers, which may begin with zeros
// or be missing. The address that means "no address" in C is left to Lookup.
func ParseIPv4(text string) (netip.Addr, bool) {
	var b [4]byte
	part, n := 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			if part = part*10 + int(c-'0'); part > 255 {
				return netip.Addr{}, false
			}
		case c == '.' && n < 3:
			b[n] = byte(part)
			part, n = 0, n+1
		default:
			return netip.Addr{}, false
		}
	}
	if n != 3 {
		return netip.Addr{}, false
	}
	b[3] = byte(part)
	return netip.AddrFrom4(b), b != [4]byte{255, 255, 255, 255}
}

// parseAton is inet_aton: one to four numbers, decimal, octal or hexadecimal, of
// which the last fills the bytes that are left.
func parseAton(text string) (netip.Addr, bool) {
	parts := strings.Split(text, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var sum uint64
	for i, p := range parts {
		n, ok := cNumber(p)
		most := uint64(255)
		if i == len(parts)-1 {
			most = 1<<(8*(5-len(parts))) - 1
		}
		if !ok || n > most {
			return netip.Addr{}, false
		}
		if i < len(parts)-1 {
			n <<= 8 * (3 - i)
		}
		sum |= n
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}

// cNumber reads a number as C writes it: 10, 0x0a, 012.
func cNumber(s string) (uint64, bool) {
	base := 10
	switch {
	case len(s) > 1 && (s[:2] == "0x" || s[:2] == "0X"):
		s, base = s[2:], 16
	case len(s) > 1 && s[0] == '0':
		base = 8
	}
	n, err := strconv.ParseUint(s, base, 32)
	return n, err == nil
}
