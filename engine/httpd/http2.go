package httpd

import "moongate/core/errlog"

// HTTP/2 (RFC 9113), with the limits, answers and words of nginx's ngx_http_v2.
//
//	event loop -> Conn.Ready -> http2conn.ready: reads what has come, parses,
//	  |                          parks the connection again at once
//	  |                              |            \ loop.Go, one per request
//	  |                              v             v
//	  |                          the last request  http2stream.run -> Request.serve
//	  |                              |             |     (phases, filters, log)
//	  +--- parked, no goroutine      +------+------+
//	       no buffer                        v
//	                              http2conn.out: frames of all streams, written
//	                              by whoever finds nobody else writing
//
// There is no goroutine that reads: while its streams work, and between
// requests, a connection is parked in the event loop, and whatever arrives is
// parsed by the goroutine that leads the loop. A connection that brings one
// request at a time runs it on that very goroutine.
//
// Each stream has a Conn of its own, a copy of the connection's, as nginx has
// fake connections: its log, its client's address, its failures are its own.
//
// What is sent uses no dynamic table, as in nginx, so header blocks depend on
// nothing; the Huffman code is golang.org/x/net's. Frames and header blocks are
// parsed here, in whatever pieces they come: nginx allows a client frames of 16
// megabytes, which must not be gathered, and has limits and faults of its own.
// Priorities are read for their errors and ignored otherwise.

// Types of frames, RFC 9113 section 6.
const (
	frameData = iota
	frameHeaders
	framePriority
	frameReset
	frameSettings
	framePushPromise
	framePing
	frameGoaway
	frameWindowUpdate
	frameContinuation
)

const (
	flagAck        = 0x1
	flagEndStream  = 0x1
	flagEndHeaders = 0x4
	flagPadded     = 0x8
	flagPriority   = 0x20
)

// http2Error is an error code of section 7.
type http2Error uint32

const (
	http2NoError           http2Error = 0x0
	http2ProtocolError     http2Error = 0x1
	http2InternalError     http2Error = 0x2
	http2FlowControlError  http2Error = 0x3
	http2StreamClosed      http2Error = 0x5
	http2FrameSizeError    http2Error = 0x6
	http2RefusedStream     http2Error = 0x7
	http2Cancel            http2Error = 0x8
	http2CompressionError  http2Error = 0x9
	http2EnhanceYourCalm   http2Error = 0xb
	http2MaxWindow                    = 1<<31 - 1
	http2DefaultWindow                = 65535
	http2DefaultFrameSize             = 1 << 14
	http2MaxFrameSize                 = 1<<24 - 1
	http2FrameHead                    = 9
	http2TableSize                    = 4096
	http2MaxField                     = 127 + 1<<21 - 1 // NGX_HTTP_V2_MAX_FIELD
	http2Preface                      = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
	settingHeaderTableSize            = 1
	settingEnablePush                 = 2
	settingMaxStreams                 = 3
	settingInitialWindow              = 4
	settingMaxFrameSize               = 5
	http2MaxControlFrames             = 10000 // waiting to be sent (ngx_http_v2_get_frame)
	http2FloodSlack                   = 1 << 20
)

// appendFrame writes the head of a frame.
func appendFrame(b []byte, length int, kind, flags byte, id uint32) []byte {
	return append(b, byte(length>>16), byte(length>>8), byte(length), kind, flags, byte(id>>24), byte(id>>16), byte(id>>8), byte(id))
}

func appendUint32(b []byte, n uint32) []byte {
	return append(b, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}

func uint32At(b []byte) uint32 {
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// AppendLog implements errlog.Context: who a line about the connection as a
// whole is about.
func (h *http2conn) AppendLog(b []byte) []byte {
	b = append(b, " while processing HTTP/2 connection, client: "...)
	b = append(b, h.c.client...)
	b = append(b, ", server: "...)
	return h.c.appendListen(b)
}

// info writes a line at level info about the connection.
func (h *http2conn) info(format string, args ...any) {
	if h.log.Enabled(errlog.Info) {
		h.log.Log(errlog.Info, nil, format, args...)
	}
}
