package opentelemetry

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// parent is what a client has told of the trace that its request is a part of.
type parent struct {
	format  *format
	trace   [16]byte
	span    [8]byte
	state   string // tracestate
	flags   byte   // of traceparent, but for the one that says sampled
	short   bool   // the trace's id came with 8 bytes
	known   bool   // it was said whether the trace is recorded
	sampled bool
	debug   bool // B3's and Jaeger's wish that it be recorded whatever it costs
}

// say takes a word for whether the trace is recorded.
func (p *parent) say(word string) bool {
	switch word {
	case "1", "true":
		p.known, p.sampled = true, true
	case "0", "false":
		p.known, p.sampled = true, false
	case "d":
		p.known, p.sampled, p.debug = true, true, true
	default:
		return false
	}
	return true
}

// readTrace takes a trace's id of 16 or 8 bytes in hexadecimal; ids of zeros are none.
func (p *parent) readTrace(s string) bool {
	p.trace = [16]byte{}
	p.short = len(s) == 16
	to := p.trace[:]
	if p.short {
		to = to[8:]
	}
	return readHex(to, s) && p.trace != [16]byte{}
}

func (p *parent) readSpan(s string) bool { return readHex(p.span[:], s) && p.span != [8]byte{} }

// readHex takes exactly as many digits as there is room for.
func readHex(to []byte, s string) bool {
	if len(s) != 2*len(to) {
		return false
	}
	for i := range to {
		hi, lo := digit(s[2*i]), digit(s[2*i+1])
		if hi > 15 || lo > 15 {
			return false
		}
		to[i] = hi<<4 | lo
	}
	return true
}

func digit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 255
}

// padded is s with zeros in front, as those write ids that leave them out.
func padded(room []byte, s string, size int) string {
	if s == "" || len(s) > size {
		return ""
	}
	b := append(room[:0], "00000000000000000000000000000000"[:size-len(s)]...)
	return string(append(b, s...))
}

// w3c reads traceparent (W3C Trace Context, 3.2.2). A later version may have more behind
// what this one has.
func w3c(c *carried, p *parent) bool {
	s := c.traceparent
	const size = len("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	if c.parents != 1 || len(s) < size || s[2] != '-' || s[35] != '-' || s[52] != '-' || strings.ToLower(s[:size]) != s[:size] {
		return false
	}
	var version, flags [1]byte
	if !readHex(version[:], s[:2]) || version[0] == 0xff || !readHex(flags[:], s[53:55]) {
		return false
	}
	if len(s) > size && (version[0] == 0 || s[size] != '-') {
		return false
	}
	p.known, p.sampled, p.flags, p.state = true, flags[0]&1 != 0, flags[0]&2, c.tracestate
	return p.readTrace(s[3:35]) && p.readSpan(s[36:52])
}

// b3 reads the header b3, or else those that begin with X-B3-. A decision may come alone.
func b3(c *carried, p *parent) bool {
	if c.b3 != "" {
		id, rest, _ := strings.Cut(c.b3, "-")
		span, rest, _ := strings.Cut(rest, "-")
		if span == "" {
			return p.say(id)
		}
		if word, _, _ := strings.Cut(rest, "-"); word != "" && !p.say(word) {
			return false
		}
		return p.readTrace(id) && p.readSpan(span)
	}
	switch {
	case c.b3Flags == "1":
		p.say("d")
	case c.b3Sampled != "" && !p.say(c.b3Sampled):
		return false
	}
	if c.b3Trace == "" && c.b3Span == "" {
		return p.known
	}
	return p.readTrace(c.b3Trace) && p.readSpan(c.b3Span)
}

// jaeger reads uber-trace-id: trace, span, parent and flags, zeros in front left out.
func jaeger(c *carried, p *parent) bool {
	if c.uber == "" { // an error costs memory
		return false
	}
	id, rest, _ := strings.Cut(c.uber, ":")
	span, rest, _ := strings.Cut(rest, ":")
	_, word, _ := strings.Cut(rest, ":")
	flags, err := strconv.ParseUint(word, 16, 8)
	if err != nil {
		return false
	}
	p.known, p.sampled, p.debug = true, flags&1 != 0, flags&2 != 0
	size := 32
	if len(id) <= 16 {
		size = 16
	}
	var room [32]byte
	return p.readTrace(padded(room[:], id, size)) && p.readSpan(padded(room[:], span, 16))
}

// openTracing reads the headers of OpenTracing's examples.
func openTracing(c *carried, p *parent) bool {
	if c.otSampled != "" && !p.say(c.otSampled) {
		return false
	}
	return p.readTrace(c.otTrace) && p.readSpan(c.otSpan)
}

// datadog reads decimal numbers; the upper half of a trace's id is among the tags.
func datadog(c *carried, p *parent) bool {
	if c.datadogTrace == "" || c.datadogSpan == "" {
		return false
	}
	low, err := strconv.ParseUint(c.datadogTrace, 10, 64)
	span, err2 := strconv.ParseUint(c.datadogSpan, 10, 64)
	if err != nil || err2 != nil || low == 0 || span == 0 {
		return false
	}
	if n, err := strconv.Atoi(c.datadogSampled); err == nil {
		p.known, p.sampled = true, n > 0
	}
	binary.BigEndian.PutUint64(p.trace[8:], low)
	binary.BigEndian.PutUint64(p.span[:], span)
	p.short = true
	for tag := range strings.SplitSeq(c.ddTag, ",") {
		if v, ok := strings.CutPrefix(tag, "_dd.p.tid="); ok && len(v) == 16 {
			p.short = !readHex(p.trace[:8], v)
		}
	}
	return true
}

// amazon reads X-Amzn-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=...;Sampled=1.
func amazon(c *carried, p *parent) bool {
	var id, span string
	for part := range strings.SplitSeq(c.amazon, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "Root":
			if len(value) == 35 && value[:2] == "1-" && value[10] == '-' {
				id = value[2:10] + value[11:]
			}
		case "Parent":
			span = value
		case "Sampled":
			p.say(value)
		}
	}
	return p.readTrace(id) && p.readSpan(span)
}

// google reads X-Cloud-Trace-Context: the trace, the span as a decimal number, o=1.
func google(c *carried, p *parent) bool {
	if c.google == "" {
		return false
	}
	id, rest, _ := strings.Cut(c.google, "/")
	number, options, _ := strings.Cut(rest, ";")
	span, err := strconv.ParseUint(number, 10, 64)
	if err != nil || span == 0 || len(id) != 32 {
		return false
	}
	if word, ok := strings.CutPrefix(options, "o="); ok {
		p.say(word)
	}
	binary.BigEndian.PutUint64(p.span[:], span)
	return p.readTrace(id)
}
