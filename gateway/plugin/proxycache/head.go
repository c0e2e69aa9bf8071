package proxycache

import (
	"encoding/hex"
	"strconv"
	"strings"

	"moongate/edge/wire/http1"
)

// In a file of a zone an answer's header is text, as nginx writes it, with one line of our
// own behind the status:
//
//	HTTP/1.1 200
//	X-Moongate-Kept: VERSION KIND STORED UNTIL LIVES DECLARED ID CHARSET
//	Content-Type: text/plain; charset=utf-8
//	...
//
// Times are milliseconds, CHARSET is the length of the charset's name. The body is what
// follows the empty line, to the end of the file.
const (
	headBegin = "HTTP/1.1 "
	headOwn   = " \r\nX-Moongate-Kept: "
	headType  = "\r\nContent-Type: "
)

// appendHead is false for what would not be read again as it was.
func (e *entry) appendHead(b []byte, until int64) ([]byte, bool) {
	b = strconv.AppendInt(append(b, headBegin...), int64(e.status), 10)
	b = append(b, headOwn...)
	for _, n := range [...]int64{version, int64(e.kind), e.stored, until, e.lives, e.declared} {
		b = append(strconv.AppendInt(b, n, 10), ' ')
	}
	b = append(hex.AppendEncode(b, e.id[:]), ' ')
	b = strconv.AppendInt(b, int64(len(e.charset)), 10)
	b = append(append(b, headType...), e.contentType...)
	if e.charset != "" {
		b = append(append(b, "; charset="...), e.charset...)
	}
	b = append(b, "\r\n"...)
	ok := !breaks(e.contentType) && !breaks(e.charset)
	for i := range e.headers {
		h := &e.headers[i]
		ok = ok && !breaks(h.Name) && !breaks(h.Value) && !strings.Contains(h.Name, ":")
		b = append(append(append(append(b, h.Name...), ": "...), h.Value...), "\r\n"...)
	}
	return append(b, "\r\n"...), ok
}

func breaks(s string) bool { return strings.ContainsAny(s, "\r\n") }

// parseHead reads what appendHead has written; texts are views of b. It is false for what
// is over, and for what is no header of ours.
func (e *entry) parseHead(b []byte, now int64) bool {
	s, ok := strings.CutPrefix(http1.View(b), headBegin)
	status, s, ok2 := strings.Cut(s, headOwn)
	own, s, ok3 := strings.Cut(s, headType)
	typ, s, ok4 := strings.Cut(s, "\r\n")
	if !ok || !ok2 || !ok3 || !ok4 {
		return false
	}
	number := func(from *string) (n int64) {
		word, rest, _ := strings.Cut(*from, " ")
		n, err := strconv.ParseInt(word, 10, 64)
		ok, *from = ok && err == nil, rest
		return n
	}
	e.status = int(number(&status))
	ver, what := number(&own), number(&own)
	stored, until := number(&own), number(&own)
	e.kind, e.stored, e.lives, e.declared = kind(what), stored, number(&own), number(&own)
	id, own, _ := strings.Cut(own, " ")
	var room [2 * idSize]byte
	if copy(room[:], id); len(id) != len(room) {
		return false
	}
	if _, err := hex.Decode(e.id[:], room[:]); err != nil {
		return false
	}
	charset := int(number(&own))
	if !ok || ver != version || kind(what) > varies || until <= now || charset < 0 || charset > len(typ) {
		return false
	}
	e.contentType, e.charset = typ, ""
	if charset > 0 {
		var with bool
		e.charset = typ[len(typ)-charset:]
		if e.contentType, with = strings.CutSuffix(typ[:len(typ)-charset], "; charset="); !with {
			return false
		}
	}
	e.headers, e.body = e.headers[:0], nil
	for {
		line, rest, whole := strings.Cut(s, "\r\n")
		if !whole || line == "" {
			return whole && rest == ""
		}
		name, value, is := strings.Cut(line, ": ")
		if !is {
			return false
		}
		e.headers = append(e.headers, http1.Header{Name: name, Value: value})
		s = rest
	}
}
