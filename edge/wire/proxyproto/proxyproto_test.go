package proxyproto

import (
	"bytes"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"net/netip"
	"strings"
	"testing"
)

func TestV1(t *testing.T) {
	tests := []struct {
		in           string
		r            Result
		known        bool
		source, dest string
		sport, dport uint16
	}{
		{"PROXY TCP4 192.0.2.1 198.51.100.2 1234 80\r\n", OK, true, "192.0.2.1", "198.51.100.2", 1234, 80},
		{"PROXY TCP6 2001:DB8::1 ::1 0 65535\r\n", OK, true, "2001:DB8::1", "::1", 0, 65535},
		{"PROXY TCP4 1.2 ff 1 2\r\n", OK, true, "1.2", "ff", 1, 2},
		{"PROXY TCP4   1 2\r\n", OK, true, "", "", 1, 2},
		{"PROXY UNKNOWN\r\n", OK, false, "", "", 0, 0},
		{"PROXY UNKNOWN ffff::1 whatever\n\r\n", OK, false, "", "", 0, 0},
		{"PROXY TCP4 g 1.1.1.1 1 2\r\n", Broken, false, "", "", 0, 0},
		{"PROXY TCP4 1.1.1.1 1.1.1.1 65536 2\r\n", Broken, false, "", "", 0, 0},
		{"PROXY TCP4 1.1.1.1 1.1.1.1  2\r\n", Broken, false, "", "", 0, 0},
		{"PROXY TCP4 1.1.1.1 1.1.1.1 1 2\n", Broken, false, "", "", 0, 0},
		{"PROXY TCP4 1.1.1.1 1.1.1.1 1 2\rx", Broken, false, "", "", 0, 0},
		{"PROXY TCP5 1.1.1.1 1.1.1.1 1 2\r\n", Broken, false, "", "", 0, 0},
		{"PROXY UDP4 1.1.1.1 1.1.1.1 1 2\r\n", Broken, false, "", "", 0, 0},
		{"GET / HTTP/1.1\r\n", Broken, false, "", "", 0, 0},
	}
	for _, tt := range tests {
		var h Header
		in := []byte(tt.in)
		n, r := Parse(in, &h)
		if r != tt.r || r == OK && n != len(in) || h.Known != tt.known || string(h.AppendSource(nil)) != tt.source ||
			string(h.AppendDest(nil)) != tt.dest || h.SourcePort != tt.sport || h.DestPort != tt.dport {
			t.Errorf("%q: %d %v %+v", tt.in, n, r, h)
		}
		if r != OK {
			continue
		}
		for i := range in {
			if _, r := Parse(in[:i], &h); r != Again {
				t.Errorf("%q: first %d bytes: %v", tt.in, i, r)
			}
		}
	}
	if got := string(BrokenText([]byte("GET /\r\nx"))); got != "GET /" {
		t.Error(got)
	}
	long := "PROXY UNKNOWN" + strings.Repeat("x", MaxHeader)
	if _, r := Parse([]byte(long), new(Header)); r != Broken {
		t.Error("no end:", r)
	}
}

func v2(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString("0d0a0d0a000d0a515549540a" + strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestV2(t *testing.T) {
	tests := []struct {
		in     string
		r      Result
		known  bool
		source string
		tlvs   int
	}{
		{"21 11 000c c0000201 c6336402 04d2 0050", OK, true, "192.0.2.1:1234", 0},
		{"21 11 0010 c0000201 c6336402 04d2 0050 01 0001 68", OK, true, "192.0.2.1:1234", 4},
		{"21 21 0024 20010db8000000000000000000000001 00000000000000000000000000000001 04d2 0050", OK, true,
			"[2001:db8::1]:1234", 0},
		{"20 00 0000", OK, false, "", 0},
		{"20 11 000c c0000201 c6336402 04d2 0050", OK, false, "", 0},
		{"21 12 000c c0000201 c6336402 04d2 0050", OK, false, "", 0},
		{"21 31 0001 00", OK, false, "", 0},
		{"21 11 000b c0000201 c6336402 04d2 00", Short, false, "", 0},
		{"31 11 000c", UnknownVersion, false, "", 0},
		{"21 11 ffff", TooLarge, false, "", 0},
		{"21 11 000c c0", Again, false, "", 0},
	}
	for _, tt := range tests {
		in := v2(t, tt.in)
		var h Header
		n, r := Parse(in, &h)
		source := ""
		if h.Source.IsValid() {
			source = netip.AddrPortFrom(h.Source, h.SourcePort).String()
		}
		if r != tt.r || r == OK && n != len(in) || h.Known != tt.known || source != tt.source || len(h.TLVs) != tt.tlvs {
			t.Errorf("%s: %d %v %+v", tt.in, n, r, h)
		}
	}
}

func TestTLVs(t *testing.T) {
	var ssl []byte
	ssl = append(ssl, 5, 0, 0, 0, 7)
	ssl = AppendTLV(ssl, TypeSSLVersion, "TLSv1.3")
	ssl = AppendTLV(ssl, TypeSSLCN, "client")
	var tlvs TLVs
	tlvs = AppendTLV(tlvs, TypeALPN, "h2")
	tlvs = AppendTLV(tlvs, TypeSSL, string(ssl))
	tlvs = AppendTLV(tlvs, 0xe0, "own")
	for name, want := range map[string]string{
		"alpn": "h2", "ssl_version": "TLSv1.3", "ssl_cn": "client", "ssl_verify": "7", "0xe0": "own", "0xE0": "own",
		"ssl_0x22": "client", "ssl": string(ssl),
	} {
		if v, ok, err := tlvs.Get(name); v != want || !ok || err != nil {
			t.Errorf("%s: %q %v %v", name, v, ok, err)
		}
	}
	for name, want := range map[string]error{
		"netns": nil, "ssl_cipher": nil, "0x1ff": nil, "0x": ErrInvalid, "0xg": ErrInvalid, "nope": ErrUnknown,
		"ssl_nope": ErrUnknown, "version": ErrUnknown,
	} {
		if _, ok, err := tlvs.Get(name); ok || !errors.Is(err, want) {
			t.Errorf("%s: %v %v", name, ok, err)
		}
	}
	if _, _, err := tlvs[:len(tlvs)-1].Get("0xe0"); !errors.Is(err, ErrBroken) {
		t.Error(err)
	}
	if _, ok, err := (TLVs{TypeSSL, 0, 1, 0}).Get("ssl_cn"); ok || err != nil {
		t.Error(ok, err)
	}
}

func TestAppendV1(t *testing.T) {
	a := netip.MustParseAddrPort("192.0.2.1:1234")
	b := netip.MustParseAddrPort("[2001:db8::1]:80")
	for want, pair := range map[string][2]netip.AddrPort{
		"PROXY TCP4 192.0.2.1 192.0.2.1 1234 1234\r\n": {a, a},
		"PROXY TCP6 2001:db8::1 2001:db8::1 80 80\r\n": {b, b},
		"PROXY UNKNOWN\r\n":                            {{}, a},
	} {
		if got := string(AppendV1(nil, pair[0], pair[1])); got != want {
			t.Errorf("%q", got)
		}
	}
}

func TestAppendV2(t *testing.T) {
	v4 := netip.MustParseAddrPort("192.0.2.1:1234")
	v6 := netip.MustParseAddrPort("[2001:db8::1]:80")
	mapped := netip.MustParseAddrPort("[::ffff:192.0.2.9]:9")
	for _, tt := range []struct {
		source, dest, wantSource, wantDest netip.AddrPort
	}{
		{v4, v4, v4, v4},
		{v6, v6, v6, v6},
		{v4, v6, netip.MustParseAddrPort("[::ffff:192.0.2.1]:1234"), v6},
		{mapped, mapped, netip.MustParseAddrPort("192.0.2.9:9"), netip.MustParseAddrPort("192.0.2.9:9")},
		{v4, mapped, netip.MustParseAddrPort("[::ffff:192.0.2.1]:1234"), mapped},
	} {
		w := V2{Source: tt.source, Dest: tt.dest, Authority: "example.com", SSLClient: ClientSSL, SSLVerify: 1,
			SSLVersion: "TLSv1.3"}
		out := w.Append([]byte("before"))[len("before"):]
		var h Header
		n, r := Parse(out, &h)
		if r != OK || n != len(out) || netip.AddrPortFrom(h.Source, h.SourcePort) != tt.wantSource ||
			netip.AddrPortFrom(h.Dest, h.DestPort) != tt.wantDest {
			t.Errorf("%v %v: %d %v %+v", tt.source, tt.dest, n, r, h)
		}
		if v, _, _ := h.TLVs.Get("authority"); v != "example.com" {
			t.Error(v)
		}
		if v, _, _ := h.TLVs.Get("ssl_version"); v != "TLSv1.3" {
			t.Error(v)
		}
		sum, _, _ := h.TLVs.Find(TypeCRC32C)
		want := bytes.Clone(sum)
		clear(sum)
		if got := crc32.Checksum(out, castagnoli); got != uint32(want[0])<<24|uint32(want[1])<<16|uint32(want[2])<<8|uint32(want[3]) {
			t.Errorf("checksum %x, computed %x", want, got)
		}
	}
	local := (&V2{}).Append(nil)
	var h Header
	if n, r := Parse(local, &h); r != OK || n != len(local) || h.Known {
		t.Error(r, h)
	}
}

func TestAllocations(t *testing.T) {
	one := []byte("PROXY TCP4 192.0.2.1 198.51.100.2 1234 80\r\n")
	two := v2(t, "21 11 000c c0000201 c6336402 04d2 0050")
	out := make([]byte, 0, 256)
	w := V2{Source: netip.MustParseAddrPort("192.0.2.1:1"), Dest: netip.MustParseAddrPort("192.0.2.1:2"), ALPN: "h2"}
	var h Header
	if n := testing.AllocsPerRun(100, func() {
		Parse(one, &h)
		Parse(two, &h)
		out = h.AppendSource(out[:0])
		out = AppendV1(out[:0], w.Source, w.Dest)
		out = w.Append(out[:0])
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("PROXY TCP4 192.0.2.1 198.51.100.2 1234 80\r\nrest"))
	f.Add([]byte("PROXY UNKNOWN\r\n"))
	f.Add([]byte(signature + "\x21\x11\x00\x10aaaabbbbccdd\x01\x00\x01x"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var h, short Header
		n, r := Parse(in, &h)
		if r == OK && (n <= 0 || n > len(in)) {
			t.Fatalf("%d of %d bytes", n, len(in))
		}
		h.TLVs.Get("ssl_cn")
		for i := range min(len(in), MaxHeader-1) {
			m, sr := Parse(in[:i], &short)
			if sr != Again && (sr != r || m != n) {
				t.Fatalf("first %d bytes: %d %v, all: %d %v", i, m, sr, n, r)
			}
		}
	})
}
