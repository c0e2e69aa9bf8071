package grpc

import (
	"bytes"
	"testing"

	"moongate/edge/wire/http2"
)

// whatever comes, and in whatever pieces, the same is found; and nothing is read beyond it.
func FuzzFeed(f *testing.F) {
	f.Add([]byte("\x00\x00\x02\x00\x00\x00\x00\x00\x01hi\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x05\x00\x09\x00\x00\x00\x01\x02hi\x00\x00"), 3)
	f.Add([]byte("\x00\x00\x03\x01\x04\x00\x00\x00\x01\x88\x00\x00"), 1)
	f.Fuzz(func(t *testing.T, in []byte, size int) {
		if size < 1 {
			return
		}
		read := func(size int) (out []byte, told []what, failed bool) {
			var x feed
			for at := 0; at < len(in); {
				part := in[at:min(at+size, len(in))]
				n, body, found, err := x.next(part)
				if n > len(part) || len(body) > n {
					t.Fatalf("%d of %d, %d", n, len(part), len(body))
				}
				out = append(out, body...)
				if err != nil {
					return out, told, true
				}
				if found == frame && (x.kind == http2.Headers || x.kind == http2.Continuation) {
					if _, err := x.header(); err != nil {
						return out, told, true
					}
				}
				if found == frame || found == message {
					told = append(told, found)
				}
				if at += n; n == 0 && found == more {
					t.Fatal("it stands still")
				}
			}
			return out, told, false
		}
		a, told, failed := read(len(in))
		b, told2, failed2 := read(size)
		if !bytes.Equal(a, b) || failed != failed2 || len(told) != len(told2) {
			t.Errorf("%q %v %v, in pieces %q %v %v", a, told, failed, b, told2, failed2)
		}
	})
}
