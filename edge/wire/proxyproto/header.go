package proxyproto

import "net/netip"

// MaxHeader is the longest header that is read, V1Max the longest of version 1.
const (
	MaxHeader = 4096
	V1Max     = 107
)

// Result is what Parse found.
type Result uint8

const (
	Again Result = iota // more bytes are needed
	OK
	Broken         // `broken header: "TEXT"`, see BrokenText
	UnknownVersion // `unknown PROXY protocol version: N`
	TooLarge       // `header is too large`
	Short          // the addresses do not fit into the header; nginx logs nothing
)

// Header is what the proxy told. The texts and TLVs are views into the parsed bytes.
type Header struct {
	Version int
	// Known is false for version 1's UNKNOWN and version 2's LOCAL, for datagrams and for other address families: the
	// connection's own addresses stand.
	Known bool

	// Version 1's addresses as sent; nginx looks at their characters only, so they may be no addresses.
	SourceText, DestText string

	// The addresses, not valid if the text is none.
	Source, Dest         netip.Addr
	SourcePort, DestPort uint16

	TLVs TLVs
}

// AppendSource writes the source address as $proxy_protocol_addr shows it, AppendDest likewise $proxy_protocol_server_addr.
func (h *Header) AppendSource(dst []byte) []byte { return appendAddr(dst, h.SourceText, h.Source) }

// AppendDest writes the destination address.
func (h *Header) AppendDest(dst []byte) []byte { return appendAddr(dst, h.DestText, h.Dest) }

func appendAddr(dst []byte, text string, addr netip.Addr) []byte {
	if text != "" || !addr.IsValid() {
		return append(dst, text...)
	}
	return addr.AppendTo(dst)
}

const signature = "\r\n\r\n\x00\r\nQUIT\n"

// Parse parses the header at the start of buf and returns its length.
func Parse(buf []byte, h *Header) (int, Result) {
	*h = Header{}
	n, r := 0, Broken
	switch {
	case hasPrefix(buf, signature):
		n, r = h.parseV2(buf)
	case hasPrefix(buf, "PROXY "):
		n, r = h.parseV1(buf)
	}
	if r == Again && len(buf) >= MaxHeader {
		r = Broken
		if h.Version == 2 {
			r = TooLarge
		}
	}
	return n, r
}

// hasPrefix also holds for a buf that is the beginning of prefix.
func hasPrefix(buf []byte, prefix string) bool {
	n := min(len(buf), len(prefix))
	return string(buf[:n]) == prefix[:n]
}

// BrokenText is what nginx logs of a broken header: its first line.
func BrokenText(buf []byte) []byte {
	for i, c := range buf {
		if c == '\r' || c == '\n' {
			return buf[:i]
		}
	}
	return buf
}
