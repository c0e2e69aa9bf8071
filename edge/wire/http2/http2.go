// Package http2 is frames of HTTP/2 (RFC 9113) as clients of ours write them. Headers are
// written as they are, which all tables take, and peers are told to use no table either: so
// no state is left behind by a header, and one that nobody wants any more can be skipped.
package http2

import "encoding/binary"

// Kinds of frames (6).
const (
	Data         = 0
	Headers      = 1
	Reset        = 3
	Settings     = 4
	Promise      = 5
	Ping         = 6
	GoAway       = 7
	WindowUpdate = 8
	Continuation = 9
)

// Flags.
const (
	EndStream  = 1
	Ack        = 1
	EndHeaders = 4
	Padded     = 8
	Priority   = 0x20
)

// Names of settings (6.5.2).
const (
	HeaderTableSize   = 1
	EnablePush        = 2
	InitialWindowSize = 4
	MaxFrameSize      = 5
)

const (
	HeadSize    = 9
	LeastFrame  = 16384 // what everybody takes
	MostFrame   = 1<<24 - 1
	FirstWindow = 65535
	MostWindow  = 1<<31 - 1
)

// Hello is what each connection begins with: no dynamic table, no pushes, and windows that
// are as large as can be.
var Hello = func() []byte {
	b := []byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	b = AppendHead(b, 18, Settings, 0, 0)
	for _, s := range [][2]uint32{{HeaderTableSize, 0}, {EnablePush, 0}, {InitialWindowSize, MostWindow}} {
		b = binary.BigEndian.AppendUint16(b, uint16(s[0]))
		b = binary.BigEndian.AppendUint32(b, s[1])
	}
	return AppendUpdate(b, 0, MostWindow-FirstWindow)
}()

// AppendHead writes what stands before the payload of a frame.
func AppendHead(b []byte, size int, kind, flags byte, id uint32) []byte {
	b = append(b, byte(size>>16), byte(size>>8), byte(size), kind, flags)
	return binary.BigEndian.AppendUint32(b, id)
}

// Head is what stands before the payload of a frame.
type Head struct {
	Size        int
	Kind, Flags byte
	ID          uint32
}

// ReadHead reads HeadSize bytes.
func ReadHead(b []byte) Head {
	return Head{int(b[0])<<16 | int(b[1])<<8 | int(b[2]), b[3], b[4], binary.BigEndian.Uint32(b[5:]) & MostWindow}
}

// AppendUpdate writes a WINDOW_UPDATE.
func AppendUpdate(b []byte, id, n uint32) []byte {
	return binary.BigEndian.AppendUint32(AppendHead(b, 4, WindowUpdate, 0, id), n)
}

// AppendField writes a field as it is (RFC 7541, 6.2.2), its name in small letters.
func AppendField(b []byte, name, value string) []byte {
	b = appendInt(append(b, 0), len(name))
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		b = append(b, c)
	}
	return append(appendInt(b, len(value)), value...)
}

// appendInt writes a number with a prefix of seven bits (RFC 7541, 5.1).
func appendInt(b []byte, n int) []byte {
	if n < 127 {
		return append(b, byte(n))
	}
	b = append(b, 127)
	for n -= 127; n >= 128; n >>= 7 {
		b = append(b, byte(n)|128)
	}
	return append(b, byte(n))
}

// AppendHeaders writes a header in as many frames as it takes.
func AppendHeaders(b, list []byte, id uint32, last bool) []byte {
	kind, flags := byte(Headers), byte(0)
	if last {
		flags = EndStream
	}
	for {
		part := list[:min(len(list), LeastFrame)]
		list = list[len(part):]
		if len(list) == 0 {
			flags |= EndHeaders
		}
		b = append(AppendHead(b, len(part), kind, flags, id), part...)
		if len(list) == 0 {
			return b
		}
		kind, flags = Continuation, 0
	}
}
