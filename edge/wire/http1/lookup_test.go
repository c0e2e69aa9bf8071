package http1

import "testing"

func TestAcceptsGzip(t *testing.T) {
	for in, want := range map[string]bool{
		"gzip": true, "gzip, deflate": true, "gzip,deflate": true, "deflate, gzip": true, "GZip": true,
		"gzip;q=1": true, "gzip; q=0.001": true, "gzip ; q=1.000, x": true, "gzip;Q=0.5": true, "gzip;": true,
		"gzip;q=0": false, "gzip;q=0.000": false, "gzip;q=1.001": false, "gzip;q=0.0001": false, "gzip;q=2": false,
		"gzip;q=": false, "gzip;q": false, "gzip;x=1": false, "gzipx": false, "x-gzip": false, "": false, "*": false,
		"br;q=0, gzip": true, "xgzip, gzip;q=0": false, "gzip;q=0,gzip": false, "gzip;q=x": false,
	} {
		if got := AcceptsGzip(in); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
	if !AcceptsCoding("gzip, BR", "br") || AcceptsCoding("gzip, brx", "br") {
		t.Error("other codings")
	}
}

func TestCookieValue(t *testing.T) {
	tests := []struct {
		header, name, value string
		ok                  bool
	}{
		{"a=1; b=2", "b", "2", true},
		{"A=1", "a", "1", true},
		{"a = 1 ;b=2", "a", "1 ", true},
		{"ab=1; a=2", "a", "2", true},
		{"a; a=2", "a", "", false}, // as nginx has it
		{"a; b=1; a=2", "a", "2", true},
		{"b=a=3", "a", "", false},
		{"a=", "a", "", true},
		{"", "a", "", false},
		{"a=1=2;x", "a", "1=2", true},
	}
	for _, tt := range tests {
		if v, ok := CookieValue(tt.header, tt.name); v != tt.value || ok != tt.ok {
			t.Errorf("%q %q: %q %v", tt.header, tt.name, v, ok)
		}
	}
	if v, ok := FindParam("max-age=10, no-cache", "max-age", ','); v != "10" || !ok {
		t.Error(v, ok)
	}
	if !HasToken("private , no-cache", "private", ',') || !HasToken("x, No-Cache", "no-cache", ',') ||
		HasToken("no-cache=x", "no-cache", ',') || HasToken("", "x", ',') {
		t.Error("tokens")
	}
	if v, ok := SetCookieValue("a = b; Path=/", "a"); v != "b" || !ok {
		t.Error(v, ok)
	}
	if _, ok := SetCookieValue("x=1; a=2", "a"); ok {
		t.Error("not the cookie's name")
	}
}

func TestArg(t *testing.T) {
	tests := []struct {
		args, name, value string
		ok                bool
	}{
		{"a=1&b=2", "a", "1", true},
		{"a=1&b=2", "B", "2", true},
		{"aa=1&a=2&a=3", "a", "2", true},
		{"a&a=", "a", "", true},
		{"a", "a", "", false},
		{"", "a", "", false},
		{"=1", "", "", false},
		{"a=%20+", "a", "%20+", true},
	}
	for _, tt := range tests {
		if v, ok := Arg(tt.args, tt.name); v != tt.value || ok != tt.ok {
			t.Errorf("%q %q: %q %v", tt.args, tt.name, v, ok)
		}
	}
}

func TestMatchVariable(t *testing.T) {
	if !MatchVariable("X-Real-IP", "x_real_ip") || !MatchVariable("x_y", "x_y") || MatchVariable("X-Y", "x-y") ||
		MatchVariable("X", "x_") {
		t.Error("names")
	}
}

func TestAgents(t *testing.T) {
	for ua, want := range map[string]Agent{
		"Mozilla/4.0 (compatible; MSIE 5.5; Windows NT)":          AgentMSIE | AgentMSIE6,
		"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)":      AgentMSIE | AgentMSIE6,
		"Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)": AgentMSIE,
		"Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.1)":     AgentMSIE,
		"Mozilla/4.0 (compatible; MSIE 6.0; X11) Opera 8":         AgentOpera,
		"MSIE 6.": 0,
		"Mozilla/5.0 (X11) Gecko/20100101 Firefox/128.0":            AgentGecko,
		"Mozilla/5.0 (KHTML, like Gecko) Chrome/99 Safari/537.36":   AgentChrome,
		"Mozilla/5.0 (Mac OS X) AppleWebKit (like Gecko) Safari/60": AgentSafari,
		"Mozilla/5.0 (iOS) Safari/60":                               0,
		"Mozilla/5.0 Konqueror/4":                                   AgentKonqueror,
		"curl/8":                                                    0,
		"":                                                          0,
	} {
		if got := ParseAgent(ua); got != want {
			t.Errorf("%q: %b", ua, got)
		}
	}
}

func TestVariables(t *testing.T) {
	hs := []Header{
		{Name: "X-A", Value: "1"}, {Name: "Cookie", Value: "a=1", ID: Cookie}, {Name: "x-a", Value: ""},
		{Name: "cookie", Value: "a=2; b=3", ID: Cookie}, {Name: "X_A", Value: "3"},
	}
	for name, want := range map[string]string{"x_a": "1, , 3", "cookie": "a=1, a=2; b=3", "x_b": ""} {
		if v, found := HeaderVariable(hs, name, nil); v != want || found != (want != "") {
			t.Errorf("%s: %q %v", name, v, found)
		}
	}
	if v, found := HeaderVariable(hs[:1], "x_a", nil); v != "1" || !found {
		t.Error(v)
	}
	for name, want := range map[string]string{"a": "1", "b": "3", "c": ""} {
		if v, found := CookieVariable(hs, name); v != want || found != (want != "") {
			t.Errorf("%s: %q %v", name, v, found)
		}
	}
}
