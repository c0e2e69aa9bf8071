package http1

import "testing"

func TestParseHost(t *testing.T) {
	tests := []struct {
		in, name string
		port     int
		ok       bool
	}{
		{"example.com", "example.com", 0, true},
		{"Example.COM:8080", "example.com", 8080, true},
		{"example.com.", "example.com", 0, true},
		{"example.com.:80", "example.com", 80, true},
		{"a:", "a", 0, true},
		{"a:65535", "a", 65535, true},
		{"a:65536", "", 0, false},
		{"a:8x", "", 0, false},
		{"a:1:2", "", 0, false},
		{"[::1]", "[::1]", 0, true},
		{"[2001:DB8::1]:443", "[2001:db8::1]", 443, true},
		{"[::1]x", "", 0, false},
		{"[::1", "", 0, false},
		{"[", "", 0, false},
		{"a_b~!$&'()*+,;=%20", "a_b~!$&'()*+,;=%20", 0, true},
		{"[%20]", "", 0, false},
		{"a..b", "", 0, false},
		{"..", "", 0, false},
		{".", "", 0, false},
		{"", "", 0, false},
		{":80", "", 0, false},
		{"a/b", "", 0, false},
		{"a b", "", 0, false},
		{"u@h", "", 0, false},
		{"\xd0\xb0.example", "", 0, false},
	}
	for _, tt := range tests {
		name, port, ok := ParseHost(tt.in, nil)
		if name != tt.name || port != tt.port || ok != tt.ok {
			t.Errorf("%q: %q %d %v", tt.in, name, port, ok)
		}
	}
	scratch := make([]byte, 0, 8)
	if name, _, _ := ParseHost("ABC", scratch); name != "abc" || string(scratch[:3]) != "abc" {
		t.Error("scratch is not used")
	}
}
