package proxyproto

import (
	"net/netip"
	"unsafe"
)

func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// parseV1 parses "PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\n" or "PROXY UNKNOWN ...\r\n".
func (h *Header) parseV1(buf []byte) (int, Result) {
	h.Version = 1
	i := len("PROXY ")
	if i > len(buf) {
		return 0, Again
	}
	rest := buf[i:]
	switch {
	case len(rest) > 0 && rest[0] == 'U' && hasPrefix(rest, "UNKNOWN"):
		for j := i + len("UNKNOWN"); j+1 < len(buf); j++ {
			if buf[j] == '\r' && buf[j+1] == '\n' {
				return j + 2, OK
			}
		}
		return 0, Again
	case hasPrefix(rest, "TCP4 "), hasPrefix(rest, "TCP6 "):
		i += len("TCP4 ")
	default:
		return 0, Broken
	}
	p := scanner{buf: buf, at: min(i, len(buf)), r: OK}
	source := p.address()
	dest := p.address()
	h.SourcePort = p.port(' ')
	h.DestPort = p.port('\r')
	if p.r == OK {
		switch {
		case p.at == len(buf):
			p.r = Again
		case buf[p.at] != '\n':
			p.r = Broken
		}
	}
	if p.r != OK {
		*h = Header{Version: 1}
		return 0, p.r
	}
	h.Known = true
	h.SourceText, h.DestText = view(source), view(dest)
	h.Source, _ = netip.ParseAddr(h.SourceText)
	h.Dest, _ = netip.ParseAddr(h.DestText)
	return p.at + 1, OK
}

// scanner reads the fields; after the first that fails it reads no more.
type scanner struct {
	buf []byte
	at  int
	r   Result
}

// address reads up to a space: hexadecimal digits, colons and dots.
func (p *scanner) address() []byte {
	if p.r != OK {
		return nil
	}
	for i := p.at; i < len(p.buf); i++ {
		switch c := p.buf[i]; {
		case c == ' ':
			text := p.buf[p.at:i]
			p.at = i + 1
			return text
		case c == ':', c == '.', c-'0' <= 9, c|0x20 >= 'a' && c|0x20 <= 'f':
		default:
			p.r = Broken
			return nil
		}
	}
	p.r = Again
	return nil
}

// port reads a number up to 65535 and the byte that ends it.
func (p *scanner) port(end byte) uint16 {
	if p.r != OK {
		return 0
	}
	n := 0
	for i := p.at; i < len(p.buf); i++ {
		c := p.buf[i]
		if c == end && i > p.at {
			p.at = i + 1
			return uint16(n)
		}
		if c-'0' > 9 {
			p.r = Broken
			return 0
		}
		if n = n*10 + int(c-'0'); n > 65535 {
			p.r = Broken
			return 0
		}
	}
	p.r = Again
	return 0
}
