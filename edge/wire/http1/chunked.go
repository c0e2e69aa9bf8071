package http1

import "math"

type chunkState uint8

const (
	chunkStart chunkState = iota
	chunkSize
	chunkExt
	chunkExtLF
	chunkData
	afterData
	afterDataLF
	lastExt
	lastExtLF
	trailer
	trailerLF
	trailerLine
	trailerLineLF
)

// Chunked decodes a body of RFC 9112, 7.1, in place: it says which bytes are data and never copies them
// (ngx_http_parse_chunked). The zero value is ready.
//
// A line must end with CR LF, spaces and tabs may follow a size, whatever follows them or ';' up to the line end is an
// extension and is ignored. Trailers are skipped, unless KeepTrailers is set.
type Chunked struct {
	size  int64
	state chunkState

	// KeepTrailers makes Next end, with BodyDone, right behind the last chunk's line: the caller reads the trailer with
	// ParseHeader.
	KeepTrailers bool
}

// Next looks at what has been received and not consumed yet. It consumes n bytes; the last `data` of them are body. OK means
// there is data (and perhaps more behind it), Again that all is used up, BodyDone that the body is complete, InvalidChunk that
// it is not in the format.
func (d *Chunked) Next(buf []byte) (n, data int, r Result) {
	for i := 0; i < len(buf); i++ {
		c := buf[i]
		switch d.state {
		case chunkStart:
			v := unhex[c]
			if v > 15 {
				return i, 0, InvalidChunk
			}
			d.size = int64(v)
			d.state = chunkSize
		case chunkSize:
			if d.size > math.MaxInt64/16 {
				return i, 0, InvalidChunk
			}
			if v := unhex[c]; v <= 15 {
				d.size = d.size<<4 | int64(v)
				continue
			}
			next := chunkExt
			switch c {
			case '\r':
				next = chunkExtLF
			case ';', ' ', '\t':
			default:
				return i, 0, InvalidChunk
			}
			if d.size == 0 {
				next += lastExt - chunkExt
			}
			d.state = next
		case chunkExt, lastExt, trailerLine:
			switch c {
			case '\r':
				d.state++
			case '\n':
				return i, 0, InvalidChunk
			}
		case chunkData:
			if d.size > 0 {
				data = int(min(int64(len(buf)-i), d.size))
				d.size -= int64(data)
				return i + data, data, OK
			}
			d.state = afterData
			fallthrough
		case afterData:
			if c != '\r' {
				return i, 0, InvalidChunk
			}
			d.state = afterDataLF
		case trailer:
			switch c {
			case '\r':
				d.state = trailerLF
			case '\n':
				return i, 0, InvalidChunk
			default:
				d.state = trailerLine
			}
		default: // the states that want a line feed
			if c != '\n' {
				return i, 0, InvalidChunk
			}
			switch d.state {
			case chunkExtLF:
				d.state = chunkData
			case afterDataLF:
				d.state = chunkStart
			case lastExtLF:
				d.state = trailer
				if d.KeepTrailers {
					d.state = chunkStart
					return i + 1, 0, BodyDone
				}
			case trailerLF:
				d.state = chunkStart
				return i + 1, 0, BodyDone
			case trailerLineLF:
				d.state = trailer
			}
		}
	}
	if d.size > math.MaxInt64-9 {
		return len(buf), 0, InvalidChunk
	}
	return len(buf), 0, Again
}

// Left is the number of data bytes missing from the chunk that has begun.
func (d *Chunked) Left() int64 {
	if d.state >= chunkExt && d.state <= chunkData {
		return d.size
	}
	return 0
}

// Needs is the least number of bytes that can still follow, so that a reader may wait for that many (ctx->length in nginx).
func (d *Chunked) Needs() int64 {
	const last = int64(len("\r\n0\r\n\r\n"))
	switch d.state {
	case chunkStart:
		return last - 2
	case chunkSize:
		if d.size == 0 {
			return 4
		}
		return 2 + d.size + last
	case chunkExt:
		return 2 + d.size + last
	case chunkExtLF:
		return 1 + d.size + last
	case chunkData:
		return d.size + last
	case afterData:
		return last
	case afterDataLF:
		return last - 1
	case lastExt, trailerLine:
		return 4
	case lastExtLF, trailerLineLF:
		return 3
	case trailer:
		return 2
	}
	return 1 // trailerLF
}

// Chunks on the way out. AppendChunk is followed by the data and by ChunkEnd; LastChunk ends a body without trailers.
const (
	ChunkEnd  = "\r\n"
	LastChunk = "0\r\n\r\n"
)

// AppendChunk writes the line that begins a chunk of size bytes, in lower-case hexadecimal as nginx does.
func AppendChunk(dst []byte, size int64) []byte {
	dst = AppendHex(dst, uint64(size))
	return append(dst, '\r', '\n')
}

// AppendHex writes n in lower-case hexadecimal.
func AppendHex(dst []byte, n uint64) []byte {
	shift := 60
	for shift > 0 && n>>shift == 0 {
		shift -= 4
	}
	for ; shift >= 0; shift -= 4 {
		dst = append(dst, "0123456789abcdef"[n>>shift&15])
	}
	return dst
}
