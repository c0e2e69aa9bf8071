package httpd

import "sync"

// http2Saved is how many bytes of an unfinished frame are kept between two
// reads (NGX_HTTP_V2_STATE_BUFFER_SIZE): heads, and payloads of fixed length.
// All else is taken piece by piece.
const http2Saved = 16

// maxHTTP2In bounds a buffer: what one recv can bring is less anyhow.
const maxHTTP2In = 64 << 10

var http2InPool sync.Pool

// takeIn gives the buffer that all connections of the worker read into, one
// after the other (h2mcf->recv_buffer).
func (h *http2conn) takeIn() *[]byte {
	if b, ok := http2InPool.Get().(*[]byte); ok {
		return b
	}
	n := int(MainConf[http2Main](h.c.w.HTTP, http2Module).RecvBuffer.V)
	b := make([]byte, min(max(n, 2*http2Saved), maxHTTP2In))
	return &b
}

func (h *http2conn) giveIn(b *[]byte) { http2InPool.Put(b) }

// joined puts the bytes kept from the last read in front of the n new ones.
func (in *http2in) joined(buf []byte, n int) []byte {
	k := in.nsaved
	in.nsaved = 0
	copy(buf[http2Saved-k:], in.saved[:k])
	return buf[http2Saved-k : http2Saved+n]
}

// save keeps the rest of what was read; more than fits is never left.
func (in *http2in) save(p []byte) { in.nsaved = copy(in.saved[:], p) }
