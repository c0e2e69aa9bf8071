package shape

import (
	"bytes"
	"encoding/json"
	"testing"
)

// big is a list of orders, about 1 MB.
func big() []byte {
	var b bytes.Buffer
	b.WriteString(`{"page":1,"orders":[`)
	for i := range 3000 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(order)
	}
	b.WriteString(`]}`)
	return b.Bytes()
}

var phone = Rules{
	Pick: []string{"page", "orders.id", "orders.user", "orders.items"}, Drop: []string{"orders.items.tags"}, Rename: map[string]string{"orders.id": "number"},
	Flatten: []Flat{{"orders.user.address", ""}}, Mask: []Mask{{Path: "orders.user.phone", First: 3, Last: 4}}, Limit: map[string]int{"orders.items": 2},
	Default: map[string]json.RawMessage{"orders.note": raw(`"none"`)},
}

func BenchmarkShape(b *testing.B) {
	doc := big()
	for _, c := range []struct {
		name  string
		rules Rules
	}{{"drop", Rules{Drop: []string{"orders.secret"}}}, {"phone", phone}} {
		p := plan(b, &c.rules)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(doc)))
			b.ReportAllocs()
			var s Shaper
			out := make([]byte, 0, len(doc))
			for b.Loop() {
				s.Begin(p)
				out = out[:0]
				for part := doc; len(part) > 0; {
					n := min(16<<10, len(part))
					out, _ = s.Write(out, part[:n])
					part = part[n:]
				}
				if _, err := s.End(out); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEncodingJSON is what the way through map[string]any costs, without any rule.
func BenchmarkEncodingJSON(b *testing.B) {
	doc := big()
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		var v any
		if err := json.Unmarshal(doc, &v); err != nil {
			b.Fatal(err)
		}
		if _, err := json.Marshal(v); err != nil {
			b.Fatal(err)
		}
	}
}

// A Shaper that has been used before allocates nothing, whatever the document is.
func TestAllocations(t *testing.T) {
	doc, p := big(), plan(t, &phone)
	var s Shaper
	out := make([]byte, 0, len(doc))
	run := func() {
		s.Begin(p)
		out, _ = s.Write(out[:0], doc)
		if _, err := s.End(out); err != nil {
			t.Fatal(err)
		}
	}
	run()
	if n := testing.AllocsPerRun(3, run); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
