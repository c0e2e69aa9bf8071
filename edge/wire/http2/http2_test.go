package http2

import (
	"bytes"
	"strings"
	"testing"

	other "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// What others can read without a dynamic table is read in the same way; and nothing that
// comes does any harm.
func FuzzReadFields(f *testing.F) {
	f.Add([]byte("\x82\x40\x01a\x01b\x00\x01a\x82\xff\xff\x0f\x83\x94\xe7\x8c"))
	f.Add([]byte("\x88\x3f\x01\x7f\xff\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		type field struct{ name, value string }
		var ours []field
		err := ReadFields(b, func(name, value string) { ours = append(ours, field{name, value}) })
		d := hpack.NewDecoder(0, nil)
		d.SetAllowedMaxDynamicTableSize(0)
		theirs, wrong := d.DecodeFull(b)
		if wrong != nil {
			return // padding may be a whole byte here
		}
		if err != nil || len(ours) != len(theirs) {
			t.Fatalf("%v: %v, %v", err, ours, theirs)
		}
		for i := range ours {
			if ours[i] != (field{theirs[i].Name, theirs[i].Value}) {
				t.Errorf("%v, %v", ours[i], theirs[i])
			}
		}
	})
}

// A text may end on a whole byte of ones, as nginx takes it.
func TestPadding(t *testing.T) {
	const eight = "\x18\xc6\x31\x8c\x63" // aaaaaaaa
	for block, want := range map[string]string{
		"\x00\x01a\x81\x1f":                       "a",
		"\x00\x01a\x81\x18":                       "bad",
		"\x00\x01a\x85" + eight:                   "aaaaaaaa",
		"\x00\x01a\x86" + eight + "\xff":          "aaaaaaaa",
		"\x00\x01a\x87" + eight + "\xff" + "\xff": "bad",
	} {
		got := "bad"
		ReadFields([]byte(block), func(_, value string) { got = value })
		if got != want {
			t.Errorf("%q: %q", block, got)
		}
	}
}

// What is written is read by another implementation as it was meant.
func FuzzHeaders(f *testing.F) {
	f.Add("X-Name", "value", 1)
	f.Add("a", strings.Repeat("long ", 30), 200)
	f.Add("b", strings.Repeat("x", 40000), 2)
	f.Fuzz(func(t *testing.T, name, value string, n int) {
		if n < 0 || n > 300 || len(name)+len(value) > 1<<16 {
			return
		}
		var list []byte
		for range n {
			list = AppendField(list, name, value)
		}
		if len(list) == 0 {
			return
		}
		var block []byte
		fr := other.NewFramer(nil, bytes.NewReader(AppendHeaders(nil, list, 3, true)))
		fr.SetMaxReadFrameSize(LeastFrame)
		for last := false; !last; {
			in, err := fr.ReadFrame()
			if err != nil {
				t.Fatal(err)
			}
			switch h := in.(type) {
			case *other.HeadersFrame:
				if h.StreamID != 3 || !h.StreamEnded() {
					t.Errorf("%v", h)
				}
				block, last = append(block, h.HeaderBlockFragment()...), h.HeadersEnded()
			case *other.ContinuationFrame:
				block, last = append(block, h.HeaderBlockFragment()...), h.HeadersEnded()
			}
		}
		got := 0
		err := ReadFields(block, func(n, v string) {
			if n != lower(name) || v != value {
				t.Errorf("%q: %q", n, v)
			}
			got++
		})
		if err != nil || got != n {
			t.Errorf("%d of %d: %v", got, n, err)
		}
	})
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

func TestHello(t *testing.T) {
	rest, ok := bytes.CutPrefix(Hello, []byte(other.ClientPreface))
	if !ok {
		t.Fatalf("%q", Hello)
	}
	h := ReadHead(rest)
	if h != (Head{18, Settings, 0, 0}) {
		t.Errorf("%+v", h)
	}
	f := other.NewFramer(nil, bytes.NewReader(rest))
	in, err := f.ReadFrame()
	s, ok := in.(*other.SettingsFrame)
	if err != nil || !ok || s.IsAck() {
		t.Fatalf("%v %v", in, err)
	}
	for id, want := range map[other.SettingID]uint32{other.SettingHeaderTableSize: 0, other.SettingEnablePush: 0, other.SettingInitialWindowSize: MostWindow} {
		if v, ok := s.Value(id); !ok || v != want {
			t.Errorf("%v is %d", id, v)
		}
	}
	if in, err = f.ReadFrame(); err != nil {
		t.Fatal(err)
	}
	if w, ok := in.(*other.WindowUpdateFrame); !ok || w.Increment != MostWindow-FirstWindow {
		t.Errorf("%v", in)
	}
}
