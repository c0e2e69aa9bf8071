package http1

import (
	"bytes"
	"strings"
	"testing"
)

// decode gives the decoder `step` bytes at a time and returns the body, what is left behind it, and the last result.
func decode(in string, step int, keepTrailers bool) (body, rest string, r Result) {
	d := Chunked{KeepTrailers: keepTrailers}
	var out bytes.Buffer
	for pos := 0; pos < len(in); {
		piece := in[pos:min(pos+step, len(in))]
		n, data, r := d.Next([]byte(piece))
		out.WriteString(piece[n-data : n])
		pos += n
		if r == BodyDone || r.Failed() {
			return out.String(), in[pos:], r
		}
	}
	return out.String(), "", Again
}

func TestChunked(t *testing.T) {
	tests := []struct {
		in, body, rest string
		r              Result
	}{
		{"5\r\nhello\r\n0\r\n\r\nGET", "hello", "GET", BodyDone},
		{"5;a=\"b\"\r\nhello\r\n6 \t\r\n world\r\n0;x\r\n\r\n", "hello world", "", BodyDone},
		{"A\r\n0123456789\r\n00\r\nT: v\r\nU: w\r\n\r\n", "0123456789", "", BodyDone},
		{"a\r\n0123456789\r\n", "0123456789", "", Again},
		{"0\r\n", "", "", Again},
		{"", "", "", Again},
		{"x", "", "x", InvalidChunk},
		{"\r\n", "", "\r\n", InvalidChunk},
		{"5\nhello", "", "\nhello", InvalidChunk},
		{"5;a\n", "", "\n", InvalidChunk},
		{"5\r\nhello\n", "hello", "\n", InvalidChunk},
		{"5\r\nhello0\r\n", "hello", "0\r\n", InvalidChunk},
		{"0\r\n\n", "", "\n", InvalidChunk},
		{"0\r\nT: v\n", "", "\n", InvalidChunk},
		{"0\r\n\rx", "", "x", InvalidChunk},
		{"-1\r\n", "", "-1\r\n", InvalidChunk},
		{"0x5\r\n", "", "x5\r\n", InvalidChunk},
	}
	for _, tt := range tests {
		for _, step := range []int{1, 2, 3, 7, 1000} {
			body, rest, r := decode(tt.in, step, false)
			if body != tt.body || rest != tt.rest || r != tt.r {
				t.Errorf("%q by %d: %q %q %v", tt.in, step, body, rest, r)
			}
		}
	}
	for _, in := range []string{"ffffffffffffffff\r\n", "8000000000000000\r\n"} {
		if _, _, r := decode(in, 1, false); r != InvalidChunk {
			t.Errorf("%q: %v", in, r)
		}
	}
	if body, rest, r := decode("1\r\nx\r\n0\r\nT: v\r\n\r\n", 1, true); body != "x" || rest != "T: v\r\n\r\n" || r != BodyDone {
		t.Errorf("trailers kept: %q %q %v", body, rest, r)
	}
}

func TestChunkedNeeds(t *testing.T) {
	in := "2 ;x\r\nab\r\n0;y\r\nT: v\r\n\r\n"
	var d Chunked
	for i := range in {
		need := d.Needs()
		if shortest := int64(len(in) - i); need > shortest {
			t.Errorf("before byte %d: needs %d, only %d are to come", i, need, shortest)
		}
		d.Next([]byte(in[i : i+1]))
	}
	d = Chunked{}
	d.Next([]byte("10\r\nabc"))
	if d.Left() != 13 || d.Needs() != 13+7 {
		t.Errorf("%d %d", d.Left(), d.Needs())
	}
}

func TestAppendChunk(t *testing.T) {
	for n, want := range map[int64]string{0: "0\r\n", 10: "a\r\n", 255: "ff\r\n", 4096: "1000\r\n", 1<<62 + 1: "4000000000000001\r\n"} {
		if got := string(AppendChunk(nil, n)); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	out := AppendChunk(nil, 3)
	out = append(out, "abc"+ChunkEnd+LastChunk...)
	if body, rest, r := decode(string(out), 1, false); body != "abc" || rest != "" || r != BodyDone {
		t.Error(body, rest, r)
	}
	big := strings.Repeat("z", 100000)
	out = append(AppendChunk(nil, int64(len(big))), big+ChunkEnd+LastChunk...)
	if body, _, _ := decode(string(out), 4096, false); body != big {
		t.Error("big chunk")
	}
}
