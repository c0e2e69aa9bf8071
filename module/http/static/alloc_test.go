//go:build !race

package static_test

import "testing"

func TestFilesAllocateNothing(t *testing.T) {
	g := serve(t)
	for _, uri := range []string{"/4k", "/12k", "/sent/12k", "/cached/4k"} {
		if n := g.Allocs(uri); n > 0.05 {
			t.Errorf("%s: %v allocations", uri, n)
		}
	}
}
