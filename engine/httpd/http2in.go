package httpd

import "time"

// http2in is the parser of a connection: where it stands in the bytes that the
// client sends. It takes them in whatever pieces they come.
//
//	preface -> head -> begin -> payload -> head -> ...
//	                     |        data, block (of headers), settings, fixed, skip
//	                     +-> a continuation goes on with the block
type http2in struct {
	state  http2State
	kind   byte
	flags  byte
	id     uint32
	length int // of the payload, what is still to come
	pad    int // of it padding, behind the rest

	saved  [http2Saved]byte
	nsaved int

	decoder    *hpackDecoder
	block      bool         // between HEADERS and END_HEADERS
	open       *http2stream // whose header that is; nil when it is thrown away
	bad        http2Error   // a field broke a rule of the connection
	trailer    uint32       // the stream, when the block is a body's trailer
	room       int64        // for names and values of this header
	headUntil  time.Duration
	data       *http2stream // whose body a DATA frame carries, nil to throw it away
	ready      *http2stream // the last complete request, not running yet
	delta      int64        // of the initial window, by the SETTINGS frame at hand
	priorities int
	refused    int
	fresh      int // streams that began since the last read
}

type http2State uint8

const (
	inPreface http2State = iota
	inHead
	inData
	inDataPad // the length of the padding comes first
	inHeadersPrefix
	inBlock
	inSettings
	inFixed // priority, reset, ping, goaway, window update
	inSkip
)

// unfinished tells whether the client is in the middle of something.
func (in *http2in) unfinished() bool { return in.state > inHead || in.nsaved > 0 || in.block }

// parse takes what was read. It is false, with a code for GOAWAY, when the
// client has broken the protocol.
func (h *http2conn) parse(p []byte) (http2Error, bool) {
	in := &h.in
	in.fresh = 0
	for {
		var n int // how many bytes the step has used; -1: it needs more
		var code http2Error
		ok := true
		switch in.state {
		case inPreface:
			n, ok = h.parsePreface(p)
			code = http2ProtocolError
		case inHead:
			if len(p) < http2FrameHead {
				n = -1
				break
			}
			n = http2FrameHead
			in.length = int(p[0])<<16 | int(p[1])<<8 | int(p[2])
			in.kind, in.flags = p[3], p[4]
			in.id = uint32At(p[5:]) & 0x7fffffff
			in.pad = 0
			code, ok = h.beginFrame()
		case inDataPad:
			if len(p) < 1 {
				n = -1
				break
			}
			n = 1
			code, ok = h.beginData(int(p[0]), true)
		case inData:
			n = min(len(p), in.length-in.pad)
			h.takeData(p[:n])
		case inHeadersPrefix:
			n, code, ok = h.headersPrefix(p)
		case inBlock:
			n = min(len(p), in.length-in.pad)
			code, ok = h.takeBlock(p[:n])
		case inSettings:
			if in.length > 0 && len(p) < 6 {
				n = -1
				break
			}
			n, code, ok = h.takeSetting(p)
		case inFixed:
			size := fixedSize[in.kind]
			if len(p) < size {
				n = -1
				break
			}
			n = size
			in.length -= size
			in.state = inSkip // what is left of it: GOAWAY's debug data
			code, ok = h.takeFixed(p[:size])
			if in.length == 0 {
				in.state = inHead
			}
		case inSkip:
			n = min(len(p), in.length)
			if in.length -= n; in.length == 0 {
				in.state = inHead
			}
		}
		if !ok {
			return code, false
		}
		if n < 0 || n == 0 && len(p) == 0 {
			in.save(p)
			return 0, true
		}
		p = p[n:]
		if len(p) == 0 && in.waits() {
			return 0, true
		}
	}
}

// waits tells whether the next step needs at least a byte.
func (in *http2in) waits() bool {
	switch in.state {
	case inSkip, inData, inBlock:
		return in.length-in.pad > 0 || in.state == inSkip
	case inSettings:
		return in.length > 0
	}
	return true
}

func (h *http2conn) parsePreface(p []byte) (int, bool) {
	// It comes in one piece over plain TCP, where it was looked at already, and
	// may come in several over TLS.
	in := &h.in
	done := in.length
	n := min(len(p), len(http2Preface)-done)
	if string(p[:n]) != http2Preface[done:done+n] {
		h.info("invalid connection preface")
		return 0, false
	}
	if in.length += n; in.length == len(http2Preface) {
		in.state, in.length = inHead, 0
	}
	return n, true
}

// fixedSize is how much of a payload takeFixed wants to see.
var fixedSize = [...]int{framePriority: 5, frameReset: 4, framePing: 8, frameGoaway: 8, frameWindowUpdate: 4}

// beginFrame looks at a frame's head (ngx_http_v2_state_head).
func (h *http2conn) beginFrame() (http2Error, bool) {
	in := &h.in
	if in.block {
		// RFC 9113 section 6.10: nothing may stand between.
		if in.kind != frameContinuation {
			h.info("client sent inappropriate frame while CONTINUATION was expected")
			return http2ProtocolError, false
		}
		return h.beginContinuation()
	}
	switch in.kind {
	case frameData:
		if in.flags&flagPadded != 0 {
			if in.length == 0 {
				h.info("client sent padded DATA frame with incorrect length: 0")
				return http2FrameSizeError, false
			}
			in.state = inDataPad
			return 0, true
		}
		return h.beginData(0, false)
	case frameHeaders:
		return h.beginHeaders()
	case frameSettings:
		return h.beginSettings()
	case framePushPromise:
		h.info("client sent PUSH_PROMISE frame")
		return http2ProtocolError, false
	case frameContinuation:
		h.info("client sent unexpected CONTINUATION frame")
		return http2ProtocolError, false
	case framePriority, frameReset, framePing, frameGoaway, frameWindowUpdate:
		return h.beginFixed()
	}
	h.info("client sent frame with unknown type %d", in.kind)
	in.skip()
	return 0, true
}

// skip throws away the rest of a frame.
func (in *http2in) skip() {
	in.state, in.pad = inSkip, 0
	if in.length == 0 {
		in.state = inHead
	}
}
