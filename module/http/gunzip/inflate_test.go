package gunzip

import (
	"bytes"
	"iter"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// inflate decompresses parts of a size.
func inflate(p []byte, size int) (string, error) {
	f := &inflater{}
	f.resume, f.stop = iter.Pull(f.run)
	defer f.close()
	var out []byte
	for at := 0; at <= len(p); at += size {
		f.in, f.end = p[at:min(at+size, len(p))], at+size > len(p)
		for {
			w, more := f.resume()
			out = append(out, f.out...)
			f.out = f.out[:0]
			if !more {
				return string(out), f.err
			}
			if w == wantInput {
				break
			}
		}
	}
	return string(out), f.err
}

func pack(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.Bytes()
}

func TestInflate(t *testing.T) {
	text := strings.Repeat("moongate ", 20000) // many times the buffer
	packed := pack(text)
	for _, size := range []int{1, 7, 100, len(packed) - 1, len(packed), len(packed) + 1} {
		if got, err := inflate(packed, size); got != text || err != nil {
			t.Errorf("parts of %d: %d bytes, %v", size, len(got), err)
		}
	}
	// Members one behind the other are one text.
	if got, err := inflate(append(pack("a"), pack("b")...), 3); got != "ab" || err != nil {
		t.Errorf("%q %v", got, err)
	}
}

func TestBroken(t *testing.T) {
	packed := pack("text that is long enough to be cut")
	for n := 0; n < len(packed); n++ {
		if _, err := inflate(packed[:n], 5); err == nil && n > 0 {
			t.Errorf("%d of %d bytes are good", n, len(packed))
		}
	}
	if _, err := inflate([]byte("no gzip at all"), 5); err == nil {
		t.Error("accepted")
	}
}
