package autoindex

import (
	"strings"
	"testing"
)

var list = []entry{
	{name: "sub dir", dir: true, mtime: 0},
	{name: "a&b.txt", file: true, mtime: 86400, size: 12345},
	{name: strings.Repeat("long", 15), file: true, mtime: 0, size: 5 << 20},
}

func TestHTML(t *testing.T) {
	cf := &conf{}
	cf.exact.V = true
	got := string(appendHTML(nil, list, cf, "/<x>/", false))
	for _, want := range []string{
		"<head><title>Index of /&lt;x&gt;/</title></head>",
		"<a href=\"sub%20dir/\">sub dir/</a>" + strings.Repeat(" ", 50-8) + " 01-Jan-1970 00:00                   -\r\n",
		"<a href=\"a%26b.txt\">a&amp;b.txt</a>" + strings.Repeat(" ", 50-7) + " 02-Jan-1970 00:00               12345\r\n",
		">" + strings.Repeat("long", 11) + "lon..&gt;</a> 01-Jan-1970",
		"</pre><hr></body>\r\n</html>\r\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestSizes(t *testing.T) {
	for n, want := range map[int64]string{0: "      0", 9999: "   9999", 10000: "    10K", 1<<20 - 1: "  1024K", 5<<20 + 600<<10: "     6M", 3 << 30: "     3G"} {
		if got := string(appendSize(nil, &entry{size: n}, false)); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

func TestUTF8Names(t *testing.T) {
	long := entry{name: strings.Repeat("é", 60)}
	if got := string(appendName(nil, &long, true)); got != strings.Repeat("é", 47)+"..&gt;</a>" {
		t.Errorf("%q", got)
	}
	short := entry{name: "é", dir: true}
	if got := string(appendName(nil, &short, true)); got != "é/</a>"+strings.Repeat(" ", 48) {
		t.Errorf("%q", got)
	}
}

func TestData(t *testing.T) {
	want := "/* callback */\r\nf([\r\n{ \"name\":\"sub dir\", \"type\":\"directory\", \"mtime\":\"Thu, 01 Jan 1970 00:00:00 GMT\" },\r\n" +
		"{ \"name\":\"a&b.txt\", \"type\":\"file\", \"mtime\":\"Fri, 02 Jan 1970 00:00:00 GMT\", \"size\":12345 }\r\n]);"
	if got := string(appendJSON(nil, list[:2], "f")); got != want {
		t.Errorf("%q", got)
	}
	if got := string(appendJSON(nil, nil, "")); got != "[\r\n]" {
		t.Errorf("%q", got)
	}
	want = "<?xml version=\"1.0\"?>\r\n<list>\r\n<directory mtime=\"1970-01-01T00:00:00Z\">sub dir</directory>\r\n" +
		"<file mtime=\"1970-01-02T00:00:00Z\" size=\"12345\">a&amp;b.txt</file>\r\n</list>\r\n"
	if got := string(appendXML(nil, list[:2])); got != want {
		t.Errorf("%q", got)
	}
}
