package host

import "testing"

func TestParseIPv4(t *testing.T) {
	for text, want := range map[string]string{
		"127.0.0.1": "127.0.0.1", "0.0.0.0": "0.0.0.0", "1.2.3.010": "1.2.3.10", "1..2.": "1.0.2.0", "...": "0.0.0.0",
		"": "", "5": "", "127.1": "", "1.2.3.4.": "", "1.2.3.4.5": "", "256.1.1.1": "", "1.2.3.x": "", "0x1.2.3.4": "",
		"255.255.255.255": "", "1.2.3.9999999999999999999999": "",
	} {
		got := ""
		if a, ok := ParseIPv4(text); ok {
			got = a.String()
		}
		if got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"1.2.3.04": "1.2.3.4", "::1": "::1", "::ffff:1.2.3.4": "::ffff:1.2.3.4", "fe80::1%lo": "", "[::1]": "", "5": "",
	} {
		got := ""
		if a, ok := Parse(text); ok {
			got = a.String()
		}
		if got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func TestParsePort(t *testing.T) {
	for text, want := range map[string]string{
		"1.2.3.4": "1.2.3.4:0", "1.2.3.04:080": "1.2.3.4:80", "::1": "[::1]:0", "[::1]": "[::1]:0", "[::1]:5": "[::1]:5",
		"": "", "1.2.3.4:": "", "1.2.3.4:0": "", "1.2.3.4:65536": "", "1.2.3.4:+5": "", "[::1": "", "[::1]5": "", "[]": "", "127.1:5": "",
		"[1.2.3.4]:5": "1.2.3.4:5", "a:5": "",
	} {
		got := ""
		if a, ok := ParsePort(text); ok {
			got = a.String()
		}
		if got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

func TestParseNetwork(t *testing.T) {
	for text, want := range map[string]string{
		"1.2.3.4": "1.2.3.4/32", "010.0.0.0/8": "10.0.0.0/8", "10.1.0.0/08": "10.0.0.0/8 masked", "::1": "::1/128",
		"::/0": "::/0", "::ffff:1.2.3.4/96": "::ffff:0.0.0.0/96 masked", "1.2.3.4/0": "0.0.0.0/0 masked",
		"1.2.3.4/33": "", "1.2.3.4/": "", "1.2.3.4/-1": "", "127.1/8": "", "::1/129": "", "255.255.255.255": "",
	} {
		got := ""
		if p, masked, ok := ParseNetwork(text); ok {
			if got = p.String(); masked {
				got += " masked"
			}
		}
		if got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}

// What getaddrinfo of the C library makes of numbers; no name is asked for.
func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"5": "0.0.0.5", "127.1": "127.0.0.1", "0x7f.1": "127.0.0.1", "0X7f000001": "127.0.0.1", "1.2.3": "1.2.0.3",
		"1.2.65535": "1.2.255.255", "1.16777215": "1.255.255.255", "010.1": "8.0.0.1", "0": "0.0.0.0", "00": "0.0.0.0",
		"1.2.3.0004": "1.2.3.4", "4294967295": "255.255.255.255", "255.255.255.255": "255.255.255.255",
		"4294967296": "", "1.2.65536": "", "1.16777216": "", "256.1": "", "08.1": "", "0x": "", "1.0x": "", "1.": "", ".1": "",
		"1..2": "", "1.2.3.4.5": "", "5x": "", " 5": "", "+5": "", "-5": "", "1_0": "", "": "",
	} {
		got := ""
		if a, ok := parseAton(text); ok {
			got = a.String()
		}
		if got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
	if list, err := Lookup("0x7f.1"); err != nil || len(list) != 1 || list[0].String() != "127.0.0.1" {
		t.Errorf("0x7f.1: %v, %v", list, err)
	}
}
