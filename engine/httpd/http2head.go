package httpd

import (
	"moongate/edge/sys/event"
)

// beginHeaders is the first part of ngx_http_v2_state_headers.
func (h *http2conn) beginHeaders() (http2Error, bool) {
	in := &h.in
	size := in.prefixSize()
	if in.length < size {
		h.info("client sent HEADERS frame with incorrect length %d", in.length)
		return http2FrameSizeError, false
	}
	if in.length == size {
		h.info("client sent HEADERS frame with empty header block")
		return http2FrameSizeError, false
	}
	if h.goaway {
		// Its header block is lost, and with it the table: no more are read.
		in.skip()
		return 0, true
	}
	in.state = inHeadersPrefix
	return 0, true
}

// prefixSize is what stands in front of a header block: the length of the
// padding and a priority.
func (in *http2in) prefixSize() (n int) {
	if in.flags&flagPadded != 0 {
		n++
	}
	if in.flags&flagPriority != 0 {
		n += 5
	}
	return n
}

// headersPrefix reads that and decides whether there is to be a stream.
func (h *http2conn) headersPrefix(p []byte) (n int, code http2Error, ok bool) {
	in := &h.in
	size := in.prefixSize()
	if len(p) < size {
		return -1, 0, true
	}
	in.length -= size
	rest := p[:size]
	if in.flags&flagPadded != 0 {
		in.pad = int(rest[0])
		rest = rest[1:]
		if in.pad > in.length {
			h.info("client sent padded HEADERS frame with incorrect length: %d, padding: %d", in.length, in.pad)
			return 0, http2ProtocolError, false
		}
	}
	depend := uint32(0)
	if in.flags&flagPriority != 0 {
		depend = uint32At(rest) & 0x7fffffff
	}
	h.mu.Lock()
	last := h.last
	trailer := false
	if s := h.find(in.id); s != nil && s != in.open && !s.inClosed && in.flags&flagEndStream != 0 {
		trailer = true
	}
	h.mu.Unlock()
	if !trailer && (in.id%2 == 0 || in.id <= last) {
		h.info("client sent HEADERS frame with incorrect identifier %d, the last was %d", in.id, last)
		return 0, http2ProtocolError, false
	}
	if depend == in.id {
		h.info("client sent HEADERS frame for stream %d with incorrect dependency", in.id)
		return 0, http2ProtocolError, false
	}
	if code, ok = h.beginBlock(trailer); ok {
		in.state = inBlock
	}
	return size, code, ok
}

// beginBlock makes the stream, or refuses it, in which case its header is read
// for the table's sake. The trailer of a request's body is thrown away.
func (h *http2conn) beginBlock(trailer bool) (http2Error, bool) {
	in, c := &h.in, h.c
	core, conf := c.server.ground.core, c.server.http2()
	in.block, in.open, in.bad, in.trailer = true, nil, 0, 0
	in.room = core.LargeHeaderBuffers.V.Size * int64(core.LargeHeaderBuffers.V.Num)
	if in.decoder == nil {
		in.decoder = newHpackDecoder(int(core.LargeHeaderBuffers.V.Size))
	}
	if trailer {
		in.trailer = in.id
		return 0, true
	}
	h.mu.Lock()
	h.last = in.id
	busy := len(h.streams)
	h.mu.Unlock()
	in.fresh++
	switch {
	case busy >= conf.Streams.V:
		h.info("concurrent streams exceeded %d", busy)
	case in.fresh > 2*conf.Streams.V:
		h.info("client sent too many streams at once")
	case !h.acked && in.flags&flagEndStream == 0 && conf.Preread.V < http2DefaultWindow:
		h.info("client sent stream with data before settings were acknowledged")
	default:
		h.openStream()
		return 0, true
	}
	if in.refused++; in.refused > max(conf.Streams.V, 100)+1 {
		h.info("client sent too many refused streams")
		return http2NoError, false
	}
	h.mu.Lock()
	h.resetStream(in.id, http2RefusedStream)
	h.mu.Unlock()
	return 0, true
}

func (h *http2conn) openStream() {
	in, core := &h.in, h.c.server.ground.core
	s := h.newStream(in.id)
	s.inClosed = in.flags&flagEndStream != 0
	s.r.Received = int64(in.length - in.pad)
	in.open = s
	in.headUntil = event.Mono() + core.HeaderTimeout.V
	in.priorities += h.c.server.http2().Streams.V
	if core.KeepAliveTimeout.V.Timeout == 0 || h.requests >= core.KeepAliveRequests.V || event.Now().Sub(h.c.started) > core.KeepAliveTime.V {
		h.mu.Lock()
		h.sendGoaway(http2NoError)
		h.mu.Unlock()
	}
}

// beginContinuation goes on with a header block.
func (h *http2conn) beginContinuation() (http2Error, bool) {
	in := &h.in
	h.mu.Lock()
	last := h.last
	h.mu.Unlock()
	if in.id != in.blockID(last) {
		h.info("client sent CONTINUATION frame with incorrect identifier")
		return http2ProtocolError, false
	}
	in.flags &= flagEndHeaders
	if s := in.open; s != nil {
		s.r.Received += int64(in.length)
	}
	in.state = inBlock
	return 0, true
}

func (in *http2in) blockID(last uint32) uint32 {
	if in.open != nil {
		return in.open.id
	}
	if in.trailer != 0 {
		return in.trailer
	}
	return last
}

// takeBlock decodes a piece of a header block, field by field through h.field.
func (h *http2conn) takeBlock(p []byte) (http2Error, bool) {
	in := &h.in
	if len(p) > 0 {
		in.length -= len(p)
		f := in.decoder.write(p, h.field)
		if in.bad != 0 {
			return in.bad, false
		}
		if f != nil {
			return h.badBlock(f), false
		}
		if in.length > in.pad {
			return 0, true
		}
	}
	end := in.flags&flagEndHeaders != 0
	in.length = in.pad
	in.skip()
	if !end {
		return 0, true
	}
	in.block = false
	if f := in.decoder.end(); f != nil {
		return h.badBlock(f), false
	}
	if id := in.trailer; id != 0 {
		in.trailer = 0
		h.endBody(id)
		return 0, true
	}
	if s := in.open; s != nil {
		in.open = nil
		if s.status == 0 {
			s.status = s.headDone()
		}
		if s.status == 0 {
			h.mu.Lock()
			h.payload += s.r.Received
			h.mu.Unlock()
		}
		h.launch(s)
	}
	return 0, true
}

// badBlock logs what is wrong with a header block.
func (h *http2conn) badBlock(f *hpackFault) http2Error {
	if f.n >= 0 {
		h.info(f.text, f.n)
	} else {
		h.info("%s", f.text)
	}
	return f.code
}
