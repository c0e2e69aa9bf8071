package http1

import (
	"slices"
	"testing"
)

func TestParseRanges(t *testing.T) {
	type rs = []ByteRange
	tests := []struct {
		in     string
		length int64
		max    int
		want   rs
		r      RangeResult
	}{
		{"bytes=0-9", 100, Unlimited, rs{{0, 10}}, RangeOK},
		{"BYTES= 5 - 9 ", 100, Unlimited, rs{{5, 10}}, RangeOK},
		{"bytes=90-", 100, Unlimited, rs{{90, 100}}, RangeOK},
		{"bytes=-10", 100, Unlimited, rs{{90, 100}}, RangeOK},
		{"bytes=-1000", 100, Unlimited, rs{{0, 100}}, RangeOK},
		{"bytes=90-1000", 100, Unlimited, rs{{90, 100}}, RangeOK},
		{"bytes=0-0,-1", 100, Unlimited, rs{{0, 1}, {99, 100}}, RangeOK},
		{"bytes=200-,0-0", 100, Unlimited, rs{{0, 1}}, RangeOK},
		{"bytes=100-", 100, Unlimited, nil, RangeUnsatisfiable},
		{"bytes=-0", 100, Unlimited, nil, RangeUnsatisfiable},
		{"bytes=9-5", 100, Unlimited, nil, RangeUnsatisfiable},
		{"bytes=x", 100, Unlimited, nil, RangeUnsatisfiable},
		{"bytes=0-9,", 100, Unlimited, nil, RangeUnsatisfiable},
		{"bytes=--1", 100, Unlimited, nil, RangeUnsatisfiable},
		{"bytes=99999999999999999999-", 100, Unlimited, nil, RangeUnsatisfiable},
		{"bytes=0-9,0-9", 15, Unlimited, nil, RangeIgnore},
		{"bytes=0-9,20-29", 100, 1, nil, RangeIgnore},
		{"bytes=0-9,20-29", 100, 2, rs{{0, 10}, {20, 30}}, RangeOK},
		{"bytes=-1", 0, Unlimited, nil, RangeIgnore},
		{"bytes=0-", 0, Unlimited, nil, RangeIgnore},
		{"bytes=", 100, Unlimited, nil, RangeIgnore},
		{"octets=0-9", 100, Unlimited, nil, RangeIgnore},
	}
	for _, tt := range tests {
		got, r := ParseRanges(nil, tt.in, tt.length, tt.max)
		if r != tt.r || r == RangeOK && !slices.Equal(got, tt.want) {
			t.Errorf("%q of %d: %v %v", tt.in, tt.length, got, r)
		}
	}
	many := "bytes=0-0"
	for range 100 {
		many += ",0-0"
	}
	if _, r := ParseRanges(nil, many, 1000, Unlimited); r != RangeIgnore {
		t.Error("a hundred small ranges:", r)
	}
	if got := string(AppendContentRange(nil, ByteRange{0, 10}, 100)); got != "bytes 0-9/100" {
		t.Error(got)
	}
	if got := string(AppendUnsatisfied(nil, 100)); got != "bytes */100" {
		t.Error(got)
	}
}

func TestETag(t *testing.T) {
	if got := string(AppendETag(nil, 1700000000, 612)); got != `"6553f100-264"` {
		t.Error(got)
	}
	for in, want := range map[string]string{`"a"`: `W/"a"`, `W/"a"`: `W/"a"`, `a`: "", "": ""} {
		if got := string(AppendWeakETag(nil, in)); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	tests := []struct {
		list, etag   string
		strong, weak bool
	}{
		{`*`, ``, true, true},
		{`"a"`, `"a"`, true, true},
		{`"b", "a"`, `"a"`, true, true},
		{`"b","a" ,"c"`, `"a"`, true, true},
		{`W/"a"`, `"a"`, false, true},
		{`"a"`, `W/"a"`, false, true},
		{`W/"a"`, `W/"a"`, true, true},
		{`"ab"`, `"a"`, false, false},
		{`"a"b, "a"`, `"a"`, true, true},
		{`"a"b`, `"a"`, false, false},
		{``, `"a"`, false, false},
		{`"a"`, ``, false, false},
		{`"x,"a"`, `"a"`, true, true},
	}
	for _, tt := range tests {
		if s, w := MatchETag(tt.list, tt.etag, false), MatchETag(tt.list, tt.etag, true); s != tt.strong || w != tt.weak {
			t.Errorf("%q %q: %v %v", tt.list, tt.etag, s, w)
		}
	}
	const date = "Sun, 06 Nov 1994 08:49:37 GMT"
	if !MatchIfRange(`"a"`, `"a"`, NoTime) || MatchIfRange(`"a"`, ``, NoTime) || MatchIfRange(`W/"a"`, `"a"`, NoTime) ||
		!MatchIfRange(date, "", 784111777) || MatchIfRange(date, "", 784111778) || MatchIfRange("x", "", NoTime) {
		t.Error("If-Range")
	}
}
