package http2

import (
	"bytes"
	"strings"
	"testing"

	other "golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

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
		d := NewDecoder(func(h hpack.HeaderField) {
			if h.Name != lower(name) || h.Value != value {
				t.Errorf("%q: %q", h.Name, h.Value)
			}
			got++
		})
		if _, err := d.Write(block); err != nil || d.Close() != nil || got != n {
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
