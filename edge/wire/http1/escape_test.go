package http1

import "testing"

func TestEscape(t *testing.T) {
	const in = "aZ09-._~ \"#%&'+;<=>?\\^`{|}/:@!$()*,[]\x00\x1f\x7f\x80\xff"
	tests := map[Escape]string{
		EscapeURI:       "aZ09-._~%20%22%23%25&'+;%3C=%3E%3F%5C%5E%60%7B%7C%7D/:@!$()*,[]%00%1F%7F%80%FF",
		EscapeArgs:      "aZ09-._~%20%22%23%25%26'%2B%3B%3C=%3E%3F%5C%5E%60%7B%7C%7D/:@!$()*,[]%00%1F%7F%80%FF",
		EscapeComponent: "aZ09-._~%20%22%23%25%26%27%2B%3B%3C%3D%3E%3F%5C%5E%60%7B%7C%7D%2F%3A%40%21%24%28%29%2A%2C%5B%5D%00%1F%7F%80%FF",
		EscapeHTML:      "aZ09-._~%20%22%23%25&%27+;%3C=%3E?%5C%5E%60%7B%7C%7D/:@!$()*,[]%00%1F%7F%80%FF",
		EscapeRefresh:   "aZ09-._%7E%20%22#%&%27+;%3C=%3E?%5C%5E%60%7B%7C}/:@!$()*,[]%00%1F%7F%80%FF",
		EscapeMemcached: "aZ09-._~%20\"#%25&'+;<=>?\\^`{|}/:@!$()*,[]%00%1F\x7f\x80\xff",
		EscapeMailAuth:  "aZ09-._~%20\"#%25&'+;<=>?\\^`{|}/:@!$()*,[]%00%1F\x7f\x80\xff",
		EscapeXtext:     "aZ09-._~+20\"#%&'+2B;<+3D>?\\^`{|}/:@!$()*,[]+00+1F+7F+80+FF",
	}
	for kind, want := range tests {
		got := string(AppendEscaped([]byte("x"), in, kind))
		if got != "x"+want {
			t.Errorf("%d: %q\nwant  %q", kind, got, want)
		}
		if n := EscapeCount(in, kind); len(want) != len(in)+2*n {
			t.Errorf("%d: count %d", kind, n)
		}
	}
}

func TestUnescape(t *testing.T) {
	tests := []struct {
		in   string
		kind Unescape
		out  string
		used int
	}{
		{"a%20b+c", UnescapeAll, "a b+c", 7},
		{"a%3Fb?c", UnescapeAll, "a?b?c", 7},
		{"a%3fb", UnescapeURI, "a?", 4},
		{"a?b", UnescapeURI, "a?", 2},
		{"%zz%4z%4", UnescapeAll, "zz", 8},
		{"%", UnescapeAll, "", 1},
		{"%41%25%20%7f%ff", UnescapeRedirect, "A%25%20%7f%ff", 15},
		{"%26%7E", UnescapeRedirect, "&~", 6},
		{"%00", UnescapeAll, "\x00", 3},
	}
	for _, tt := range tests {
		out, used := AppendUnescaped(nil, tt.in, tt.kind)
		if string(out) != tt.out || used != tt.used {
			t.Errorf("%q: %q %d", tt.in, out, used)
		}
	}
	in := []byte("a%20b")
	if out, _ := AppendUnescaped(in[:0], View(in), UnescapeAll); string(out) != "a b" {
		t.Errorf("in place: %q", out)
	}
}

func TestEscapeText(t *testing.T) {
	if got := string(AppendHTML(nil, `a<b>&"c'`)); got != "a&lt;b&gt;&amp;&quot;c'" {
		t.Error(got)
	}
	if got := string(AppendJSON(nil, "a\"\\/\n\r\t\b\f\x01\x1f\x7f\xff")); got != `a\"\\/\n\r\t\b\f\u0001\u001F`+"\x7f\xff" {
		t.Errorf("%q", got)
	}
}
