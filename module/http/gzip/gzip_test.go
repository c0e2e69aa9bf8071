package gzip

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		in, out int64
		want    string
	}{{100, 100, "1.00"}, {1000, 300, "3.33"}, {2, 3, "0.67"}, {1999, 1000, "2.00"}, {1, 1000, "0.00"}, {12345, 10, "1234.50"}} {
		if got := string(appendRatio(nil, c.in, c.out)); got != c.want {
			t.Errorf("%d/%d: %s, not %s", c.in, c.out, got, c.want)
		}
	}
}

func TestSizes(t *testing.T) {
	for n, want := range map[int64]bool{256: false, 512: true, 1000: false, 32 << 10: true, 64 << 10: false} {
		if powerBetween(n, 512, 32<<10) != want {
			t.Error(n)
		}
	}
}

// A compressor that is used again starts anew.
func TestReuse(t *testing.T) {
	for level := 1; level <= 9; level++ {
		for range 3 {
			s := &state{level: level}
			s.open()
			text := strings.Repeat("moongate ", 1000)
			s.z.Write([]byte(text[:4000]))
			s.z.Flush()
			s.z.Write([]byte(text[4000:]))
			s.z.Close()
			if s.out[9] != 3 {
				t.Errorf("system %d in the header", s.out[9])
			}
			z, err := gzip.NewReader(bytes.NewReader(s.out))
			if err != nil {
				t.Fatal(err)
			}
			if back, err := io.ReadAll(z); string(back) != text || err != nil {
				t.Errorf("level %d: %v", level, err)
			}
			s.release()
		}
	}
}
