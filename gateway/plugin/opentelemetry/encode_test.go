package opentelemetry

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	wire "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// What is written is read by others as it was meant, whatever the lengths are.
func FuzzSpan(f *testing.F) {
	f.Add("name", "value", 5, 127)
	f.Add("", "caf\xe9", 0, 128)
	f.Add("", strings.Repeat("a\xff", 600), 0, 0)
	f.Add(strings.Repeat("x", 20000), strings.Repeat("é", 600), math.MaxInt32, 16384)
	f.Fuzz(func(t *testing.T, name, value string, n, size int) {
		if n < 0 || size < 0 || size > 1<<20 {
			return
		}
		m, at := message(nil).open(spans)
		m = m.string(spanName, name).text(attribute, "key", value).number(attribute, "n", n)
		m, inner := m.open(spanStatus)
		m = m.bytes(2, []byte(strings.Repeat("s", size))).int(3, failed).close(inner).close(at)
		var got wire.ScopeSpans
		if err := proto.Unmarshal(m, &got); err != nil {
			t.Fatal(err)
		}
		s := got.Spans[0]
		if s.Name != clean(name) || len(s.Name) > mostText+4 || !utf8.ValidString(s.Name) || len(s.Status.Message) != size || s.Status.Code != wire.Status_STATUS_CODE_ERROR {
			t.Errorf("%v", s)
		}
		list := s.Attributes
		if v := clean(value); v != "" {
			if list[0].Key != "key" || list[0].Value.GetStringValue() != v {
				t.Errorf("%v", list)
			}
			list = list[1:]
		}
		if len(list) != 1 || list[0].Key != "n" || list[0].Value.GetIntValue() != int64(n) {
			t.Errorf("%v", list)
		}
	})
}

// A character that is cut goes as a whole.
func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                                    "",
		"a\xffb":                              "a\ufffdb",
		strings.Repeat("a", mostText):         strings.Repeat("a", mostText),
		strings.Repeat("a", mostText+1):       strings.Repeat("a", mostText),
		strings.Repeat("a", mostText-1) + "é": strings.Repeat("a", mostText-1),
		strings.Repeat("a", mostText-3) + "😀": strings.Repeat("a", mostText-3),
	} {
		if got := clean(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// Answers of collectors are read to where they stop making sense.
func FuzzRejected(f *testing.F) {
	f.Add([]byte("\x0a\x07\x08\x03\x12\x03why"))
	f.Add([]byte("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, why := rejected(b); !utf8.ValidString(why) {
			t.Errorf("%q", why)
		}
	})
}

func TestRejected(t *testing.T) {
	if n, why := rejected([]byte("\x0a\x07\x08\x03\x12\x03why")); n != 3 || why != "why" {
		t.Error(n, why)
	}
}

// Of traces that nobody has decided about, a share is recorded: the same ones by everybody
// with this share, and by those with a greater one.
func TestDecide(t *testing.T) {
	id := func(b byte) *[16]byte { return &[16]byte{8: b} }
	yes, no, unknown := &parent{known: true, sampled: true}, &parent{known: true}, &parent{}
	for _, c := range []struct {
		rate   float64
		parent bool
		p      *parent
		id     *[16]byte
		want   bool
	}{
		{1, false, unknown, id(255), true},
		{0, false, unknown, id(0), false},
		{0.25, false, unknown, id(63), true},
		{0.25, false, unknown, id(64), false},
		{0.5, false, unknown, id(64), true},
		{1, false, no, id(0), false},
		{1, true, no, id(0), false},
		{0.25, false, yes, id(64), false},
		{0.25, false, yes, id(63), true},
		{0.25, true, yes, id(64), true},
		{0.25, true, unknown, id(64), false},
		{0, false, &parent{known: true, sampled: true, debug: true}, id(64), true},
	} {
		i := &instance{share: uint64(c.rate * (1 << 63)), parentBased: c.parent}
		if got := i.decide(c.p, c.id); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
