package httpd

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"golang.org/x/net/http2/hpack"

	"moongate/core/version"
)

// decodeAll decodes a block cut into pieces of random size.
func decodeAll(d *hpackDecoder, block []byte, cut func(int) int) (fields []string, fault *hpackFault) {
	for len(block) > 0 {
		n := cut(len(block))
		if f := d.write(block[:n], func(name, value string) { fields = append(fields, name+": "+value) }); f != nil {
			return fields, f
		}
		block = block[n:]
	}
	return fields, d.end()
}

func TestHpackDecode(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	var buf bytes.Buffer
	enc := hpack.NewEncoder(&buf)
	d := newHpackDecoder(4096)
	word := func(n int) string {
		b := make([]byte, rnd.Intn(n)+1)
		for i := range b {
			b[i] = byte(rnd.Intn(256))
		}
		return string(b)
	}
	for round := range 2000 {
		buf.Reset()
		if round%100 == 99 {
			enc.SetMaxDynamicTableSize(uint32(rnd.Intn(4097)))
		}
		var want []string
		for range rnd.Intn(12) {
			f := hpack.HeaderField{Name: word(20), Value: word(200), Sensitive: rnd.Intn(5) == 0}
			if rnd.Intn(2) == 0 {
				f.Name = fmt.Sprint("name", rnd.Intn(30))
				f.Value = fmt.Sprint("value", rnd.Intn(3))
			}
			if rnd.Intn(4) == 0 {
				f.Name = staticTable[rnd.Intn(len(staticTable))].name
			}
			enc.WriteField(f)
			want = append(want, f.Name+": "+f.Value)
		}
		got, fault := decodeAll(d, buf.Bytes(), func(n int) int { return rnd.Intn(n) + 1 })
		if fault != nil || strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("round %d: %v\n%q\n%q", round, fault, got, want)
		}
	}
}

func TestStaticTable(t *testing.T) {
	d := hpack.NewDecoder(4096, nil)
	for i, e := range staticTable {
		f, err := d.DecodeFull([]byte{0x80 | byte(i+1)})
		if err != nil || f[0].Name != e.name || f[0].Value != e.value {
			t.Errorf("%d: %v, not %v", i+1, e, f)
		}
	}
	if len(staticTable) != 61 {
		t.Error(len(staticTable))
	}
}

func TestHpackEncode(t *testing.T) {
	var b []byte
	want := ""
	add := func(name, value string) { want += name + ": " + value + "\n" }
	for _, status := range []int{200, 404, 418, 103} {
		b = appendStatus(b, status)
		add(":status", itoa(status))
	}
	b = appendIndexedName(b, staticLocation, "/"+strings.Repeat("x", 300))
	add("location", "/"+strings.Repeat("x", 300))
	b = appendIndexedName(b, staticVary, "")
	add("vary", "")
	long := strings.Repeat("Long-", 30)
	b = appendField(b, long, "V\x00\xff{}|")
	add(strings.ToLower(long), "V\x00\xff{}|")
	b = append(b, http2Server[tokensOn]...)
	add("server", "nginx/"+version.Nginx)
	var got string
	d := hpack.NewDecoder(0, func(f hpack.HeaderField) { got += f.Name + ": " + f.Value + "\n" })
	if _, err := d.Write(b); err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
}

func FuzzHpack(f *testing.F) {
	f.Add([]byte("\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff\x58\x08no-cache"), byte(3))
	f.Add([]byte("\x40\x0acustom-key\x0dcustom-header\xbe\x3f\x00\xbe"), byte(1))
	f.Add([]byte("\x10\x08password\x06secret\x00\x84\xff\xff\xff\xff\x00"), byte(200))
	f.Fuzz(func(t *testing.T, block []byte, step byte) {
		d := newHpackDecoder(4096)
		got, fault := decodeAll(d, block, func(n int) int { return min(n, int(step)+1) })
		if n := d.table.size; n > http2TableSize || n < 0 {
			t.Fatalf("table of %d", n)
		}
		var want []string
		ref := hpack.NewDecoder(4096, func(f hpack.HeaderField) { want = append(want, f.Name+": "+f.Value) })
		ref.SetMaxStringLength(1 << 20)
		if _, err := ref.Write(block); err != nil || ref.Close() != nil || fault != nil {
			return // both need not refuse the same things
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("%q\n%q", got, want)
		}
	})
}
