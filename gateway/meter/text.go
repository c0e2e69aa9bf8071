package meter

import (
	"io"
	"math"
	"strconv"
	"strings"
)

// The formats: Prometheus' text format and OpenMetrics.
const (
	TextType        = "text/plain; version=0.0.4; charset=utf-8"
	OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8"
)

// Type says how the values of a family are to be read.
type Type string

// Total is for counters whose names do not end in _total. OpenMetrics has no such counters,
// so that it is told nothing about the type there: another name would be worse.
const (
	Counter   Type = "counter"
	Gauge     Type = "gauge"
	Histo     Type = "histogram"
	Total     Type = "total"
	totalTail      = "_total"
)

// Text writes families of metrics, one after the other. It stops at the first error.
type Text struct {
	to   io.Writer
	open bool // OpenMetrics
	buf  []byte
	err  error
	name string
}

const textBuffer = 64 << 10

// NewText writes in the format of a media type: see Format.
func NewText(to io.Writer, mediaType string) *Text {
	return &Text{to: to, open: mediaType == OpenMetricsType, buf: make([]byte, 0, textBuffer+4096)}
}

// Family begins a family: all its values must follow.
func (t *Text) Family(name string, kind Type, help string) {
	t.name = name
	word := string(kind)
	if kind == Total {
		if word = "counter"; t.open {
			word = "unknown"
		}
	} else if kind == Counter && t.open {
		name = strings.TrimSuffix(name, totalTail)
	}
	b := append(t.buf, "# HELP "...)
	b = append(append(append(b, name...), ' '), help...)
	b = append(append(b, "\n# TYPE "...), name...)
	b = append(append(append(b, ' '), word...), '\n')
	t.buf = b
	t.flush(textBuffer)
}

// Labels are label names and values as they are written, without braces; nil for none.
type Labels []byte

// Add puts a label behind others.
func (l Labels) Add(name, value string) Labels {
	if len(l) > 0 {
		l = append(l, ',')
	}
	l = append(append(l, name...), `="`...)
	for i := range len(value) {
		switch c := value[i]; c {
		case '\\', '"':
			l = append(l, '\\', c)
		case '\n':
			l = append(l, '\\', 'n')
		default:
			l = append(l, c)
		}
	}
	return append(l, '"')
}

// LabelsOf are pairs of names and values.
func LabelsOf(pairs ...string) (l Labels) {
	for i := 0; i+1 < len(pairs); i += 2 {
		l = l.Add(pairs[i], pairs[i+1])
	}
	return l
}

// Value writes one value of the family.
func (t *Text) Value(l Labels, v float64) {
	b := append(t.buf, t.name...)
	if len(l) > 0 {
		b = append(append(append(b, '{'), l...), '}')
	}
	t.buf = append(appendNumber(append(b, ' '), v), '\n')
	t.flush(textBuffer)
}

// appendNumber writes whole numbers without an exponent.
func appendNumber(b []byte, v float64) []byte {
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return strconv.AppendInt(b, int64(v), 10)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}

// Scale is the bounds of a histogram, ready to be written.
type Scale struct {
	bounds Bounds
	plain  []string // `,le="25"} `, and +Inf behind all
	open   []string // as OpenMetrics wants them: 25.0
}

// NewScale prepares bounds.
func NewScale(bounds Bounds) *Scale {
	s := &Scale{bounds: bounds}
	for _, n := range bounds {
		text := strconv.Itoa(int(n))
		s.plain = append(s.plain, `le="`+text+`"} `)
		s.open = append(s.open, `le="`+text+`.0"} `)
	}
	s.plain, s.open = append(s.plain, `le="+Inf"} `), append(s.open, `le="+Inf"} `)
	return s
}

// Scales with Kong's bounds.
var (
	KongScale     = NewScale(KongBounds)
	UpstreamScale = NewScale(UpstreamBounds)
)

// Histogram writes one histogram of the family, in milliseconds. Count and buckets are of
// one moment even while others add.
func (t *Text) Histogram(l Labels, s *Scale, h *Histogram) {
	tails := s.plain
	if t.open {
		tails = s.open
	}
	b, n := t.buf, uint64(0)
	for i, tail := range tails {
		n += h.buckets[i].Load()
		b = append(append(b, t.name...), "_bucket{"...)
		if b = append(b, l...); len(l) > 0 {
			b = append(b, ',')
		}
		b = append(b, tail...)
		b = append(strconv.AppendUint(b, n, 10), '\n')
	}
	for _, part := range [2]string{"_sum", "_count"} {
		b = append(append(b, t.name...), part...)
		if len(l) > 0 {
			b = append(append(append(b, '{'), l...), '}')
		}
		b = append(b, ' ')
		if part == "_count" {
			b = strconv.AppendUint(b, n, 10)
		} else {
			b = appendNumber(b, float64(h.sum.Load())/1000)
		}
		b = append(b, '\n')
	}
	t.buf = b
	t.flush(textBuffer)
}

// End writes what is left, and the end of OpenMetrics.
func (t *Text) End() error {
	if t.open {
		t.buf = append(t.buf, "# EOF\n"...)
	}
	t.flush(0)
	return t.err
}

func (t *Text) flush(more int) {
	if len(t.buf) <= more {
		return
	}
	if t.err == nil {
		_, t.err = t.to.Write(t.buf)
	}
	t.buf = t.buf[:0]
}

// Format chooses the format by an Accept header: the one that is liked best, and the plain
// one where nothing is said.
func Format(accept string) string {
	open, plain := 0.0, 0.0
	for part := range strings.SplitSeq(accept, ",") {
		media, rest, _ := strings.Cut(part, ";")
		q, version := 1.0, ""
		for p := range strings.SplitSeq(rest, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
			switch strings.ToLower(strings.TrimSpace(name)) {
			case "q":
				if f, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
					q = f
				}
			case "version":
				version = strings.Trim(value, `"`)
			}
		}
		switch strings.ToLower(strings.TrimSpace(media)) {
		case "application/openmetrics-text":
			if version == "" || version == "0.0.1" || version == "1.0.0" {
				open = max(open, q)
			}
		case "text/plain":
			if version == "" || version == "0.0.4" {
				plain = max(plain, q)
			}
		}
	}
	if open > plain {
		return OpenMetricsType
	}
	return TextType
}
