package http1

import "bytes"

// ParseUpstreamHeader is ParseHeader for a response: lines that begin with "HTTP/" are skipped, since some servers send the
// status line twice. Whatever the result, the first n bytes are done with, and what the result speaks of begins there.
// Underscores are allowed; nginx keeps lines with odd names from upstreams, so there is no need to ask Invalid.
func ParseUpstreamHeader(buf []byte, h *Header) (n int, r Result) {
	for {
		line := buf[n:]
		if len(line) < 5 || line[0] != 'H' || View(line[:5]) != "HTTP/" {
			used, r := ParseHeader(line, h)
			return n + used, r
		}
		end := bytes.IndexByte(line, '\n')
		if end < 0 {
			return n, Again
		}
		n += end + 1
	}
}

// Problem is what is wrong with a response; an answer with one is an invalid header to proxy_next_upstream.
type Problem uint8

const (
	NoProblem Problem = iota
	DuplicateHeader
	InvalidLength
	LengthAndCoding
	UnknownCoding
	EarlyHintsOld
)

// Response collects what the headers of an upstream's response say about its body and its connection, line by line. Begin
// with Reset.
type Response struct {
	Version int32
	Code    int

	Length  int64 // NoLength if it is not told
	Chunked bool
	Close   bool // the connection ends with this answer

	length, coding Header
}

// Reset begins a response whose status line has been parsed.
func (s *Response) Reset(l *StatusLine) Problem {
	*s = Response{Version: l.Version, Code: l.Code, Length: NoLength}
	if l.Version < HTTP11 {
		if l.Code == 103 {
			return EarlyHintsOld
		}
		s.Close = true
	}
	return NoProblem
}

// ResetHTTP09 begins a response that had no status line: a 200 that ends with the connection.
func (s *Response) ResetHTTP09() {
	*s = Response{Version: HTTP09, Code: 200, Length: NoLength, Close: true}
}

// Read takes in one header; those it has no interest in are free. Headers of early hints (103) are not for it.
func (s *Response) Read(h *Header) Problem {
	switch h.ID {
	case ContentLength:
		if s.length.Name != "" {
			return DuplicateHeader
		}
		if s.coding.Name != "" {
			return LengthAndCoding
		}
		n, ok := ParseLength(h.Value)
		if !ok {
			return InvalidLength
		}
		s.length = *h
		s.Length = n
	case TransferEncoding:
		if s.coding.Name != "" {
			return DuplicateHeader
		}
		if s.length.Name != "" {
			return LengthAndCoding
		}
		if !EqualFold(h.Value, "chunked") {
			return UnknownCoding
		}
		s.coding = *h
		s.Chunked = true
	case Connection:
		if indexFold(h.Value, "close") >= 0 {
			s.Close = true
		}
	}
	return NoProblem
}

// AppendProblem writes the log text, at level error, for what Read or Reset found wrong with h.
func (s *Response) AppendProblem(dst []byte, p Problem, h *Header) []byte {
	switch p {
	case DuplicateHeader:
		if h.ID == ContentLength {
			return AppendDuplicate(dst, "upstream", h, &s.length)
		}
		return AppendDuplicate(dst, "upstream", h, &s.coding)
	case InvalidLength:
		dst = append(dst, `upstream sent invalid "Content-Length" header: "`...)
		dst = append(dst, h.Name...)
		dst = append(dst, ": "...)
		dst = append(dst, h.Value...)
		return append(dst, '"')
	case LengthAndCoding:
		return append(dst, `upstream sent "Content-Length" and "Transfer-Encoding" headers at the same time`...)
	case UnknownCoding:
		dst = append(dst, `upstream sent unknown "Transfer-Encoding": "`...)
		dst = append(dst, h.Value...)
		return append(dst, '"')
	case EarlyHintsOld:
		return append(dst, "upstream sent HTTP/1.0 response with early hints"...)
	}
	return dst
}

// Hints tells whether this is a 103, behind which the real status line follows. nginx knows no other interim answer: a 100 or
// 102 counts as the answer, since it never asked for one.
func (s *Response) Hints() bool { return s.Code == 103 }

// BodyKind is how a response's body ends (RFC 9112, 6.3).
type BodyKind uint8

const (
	NoBody     BodyKind = iota
	BodyLength          // after Length bytes
	BodyChunks          // with the last chunk
	BodyClose           // with the connection
)

// Body tells how the body ends; head says that the request was a HEAD.
func (s *Response) Body(head bool) BodyKind {
	switch {
	case s.Code == 204, s.Code == 304, head:
		return NoBody
	case s.Chunked:
		return BodyChunks
	case s.Length == 0:
		return NoBody
	case s.Length > 0:
		return BodyLength
	}
	return BodyClose
}

// KeepAlive tells whether the connection may serve another request once the body, of that kind, has been read in full.
func (s *Response) KeepAlive(kind BodyKind) bool {
	return !s.Close && kind != BodyClose && s.Code != 101
}

// Upgraded tells whether the connection becomes a tunnel: 101, and the client had asked with an Upgrade header.
func (s *Response) Upgraded(requestHasUpgrade bool) bool { return s.Code == 101 && requestHasUpgrade }

// UniqueInResponse tells whether a second header of this name is dropped, with AppendDuplicate's text and ", ignored" at level
// warn. (Content-Length and Transfer-Encoding are errors instead, see Response.)
func (id HeaderID) UniqueInResponse() bool { return uniqueInResponse[id] }

var uniqueInResponse = [NumHeaders]bool{
	Status: true, ContentType: true, Date: true, LastModified: true, ETag: true, Server: true, Location: true,
	Refresh: true, Expires: true, XAccelExpires: true, XAccelRedirect: true, XAccelLimitRate: true,
}
