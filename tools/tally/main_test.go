package main

import (
	"path/filepath"
	"strings"
	"testing"
)

const run = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/x"}
{"Action":"pass","Package":"p","Test":"TestA/x"}
{"Action":"output","Package":"p","Test":"TestA/y","Output":"    a_test.go:1: broken\n"}
{"Action":"fail","Package":"p","Test":"TestA/y"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:1: no redis\n"}
{"Action":"skip","Package":"p","Test":"TestB"}
{"Action":"pass","Package":"p","Test":"TestC"}
{"Action":"fail","Package":"p"}
{"Action":"output","Package":"q","Output":"panic: oh\n"}
{"Action":"fail","Package":"q"}
{"Action":"run","Package":"s","Test":"TestD"}
{"Action":"output","Package":"s","Test":"TestD","Output":"panic: test timed out\\n"}
{"Action":"output","Package":"s","Output":"FAIL\\n"}
{"Action":"fail","Package":"s"}
{"ImportPath":"r","Action":"build-output","Output":"r.go:1: syntax error\n"}
{"ImportPath":"r","Action":"build-fail"}
{"Action":"fail","Package":"r","FailedBuild":"r"}
`

func TestEvents(t *testing.T) {
	var out strings.Builder
	got := events(strings.NewReader(run), &out)
	if want := (counts{2, 4, 1}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	for _, want := range []string{"a_test.go:1: broken", "b_test.go:1: no redis", "panic: oh", "did not end: s TestD\npanic: test timed out", "r.go:1: syntax error"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not shown in:\n%s", want, &out)
		}
	}
}

func TestSum(t *testing.T) {
	name := filepath.Join(t.TempDir(), "counts")
	for _, c := range []counts{{1, 2, 3}, {10, 20, 30}} {
		if err := appendTo(name, c); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := read(name); err != nil || got != (counts{11, 22, 33}) {
		t.Errorf("%v, %v", got, err)
	}
}
