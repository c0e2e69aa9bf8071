package live

import (
	"encoding/binary"
	"time"
)

// Text is one of the texts of an entry.
type Text int

// The texts. Of what has a name and an id both are there.
const (
	TextID Text = iota
	TextMethod
	TextHost
	TextPath
	TextClient // the address
	TextRoute
	TextRouteID
	TextService
	TextServiceID
	TextConsumer
	TextConsumerID
	TextTarget
	TextRelease
	TextVariant
	numTexts
)

// Texts are those of an entry.
type Texts [numTexts]string

// Entry is a request that has ended. A worker fills it with views of what the request has.
type Entry struct {
	Time     int64 // when it ended, nanoseconds since 1970
	Status   int
	Took     time.Duration
	Upstream time.Duration // how long services had it
	Sent     int64
	Who      Who
	Texts    Texts
	Headers  []Header
}

// Header is one header of the request.
type Header struct{ Name, Value string }

// Hidden stands for what may not be seen.
const Hidden = "***"

// How long the parts may be: together they fit into a slot.
const (
	maxText    = 80
	maxPath    = 512
	maxHeaders = 12
	maxName    = 40
	maxValue   = 200
)

// appendTo writes an entry. Headers that there is no room for are left out.
//
//	time, took, upstream, sent  varints;  status, who;  texts and headers, each behind its length
func (e *Entry) appendTo(b []byte) []byte {
	for _, n := range [...]int64{e.Time, e.Took.Microseconds(), e.Upstream.Microseconds(), e.Sent, int64(e.Status), int64(e.Who)} {
		b = binary.AppendVarint(b, n)
	}
	for i, text := range e.Texts {
		most := maxText
		if Text(i) == TextPath {
			most = maxPath
		}
		b = appendText(b, text, most)
	}
	for i, h := range e.Headers {
		if i == maxHeaders || len(b)+min(len(h.Name), maxName)+min(len(h.Value), maxValue)+4 > cap(b) {
			break
		}
		b = appendText(appendText(b, h.Name, maxName), h.Value, maxValue)
	}
	return b
}

func appendText(b []byte, text string, most int) []byte {
	n := min(len(text), most)
	return append(binary.LittleEndian.AppendUint16(b, uint16(n)), text[:n]...)
}

// read takes an entry apart; false: it is none.
func (e *Entry) read(b []byte) bool {
	var numbers [6]int64
	for i := range numbers {
		n, size := binary.Varint(b)
		if size <= 0 {
			return false
		}
		numbers[i], b = n, b[size:]
	}
	e.Time, e.Took, e.Upstream, e.Sent = numbers[0], time.Duration(numbers[1])*time.Microsecond, time.Duration(numbers[2])*time.Microsecond, numbers[3]
	e.Status = int(numbers[4])
	if e.Who = Who(numbers[5]); e.Who >= numWho {
		return false
	}
	next := func() (text string, ok bool) {
		if len(b) < 2 {
			return "", false
		}
		n := int(binary.LittleEndian.Uint16(b))
		if b = b[2:]; n > len(b) {
			return "", false
		}
		text, b = string(b[:n]), b[n:]
		return text, true
	}
	for i := range e.Texts {
		var ok bool
		if e.Texts[i], ok = next(); !ok {
			return false
		}
	}
	for len(b) > 0 {
		name, ok1 := next()
		value, ok2 := next()
		if !ok1 || !ok2 {
			return false
		}
		e.Headers = append(e.Headers, Header{name, value})
	}
	return true
}
