package zone

import "testing"

func TestParseSpec(t *testing.T) {
	if name, size, err := ParseSpec("zone=one:10m"); name != "one" || size != 10<<20 || err != nil {
		t.Error(name, size, err)
	}
	for arg, want := range map[string]string{
		"zone=one":     `invalid zone size "zone=one"`,
		"zone=one:":    `invalid zone size "zone=one:"`,
		"zone=one:1x":  `invalid zone size "zone=one:1x"`,
		"zone=one:31k": `zone "zone=one:31k" is too small`,
	} {
		if _, _, err := ParseSpec(arg); err == nil || err.Error() != want {
			t.Errorf("%s: %v", arg, err)
		}
	}
}
