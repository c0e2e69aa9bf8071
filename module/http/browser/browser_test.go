package browser

import (
	"testing"

	"moongate/core/config/directive"
)

func build(t *testing.T, lines ...[]string) *conf {
	t.Helper()
	cf := new(conf)
	for _, l := range lines {
		read := readModern
		if l[0] == "ancient_browser" {
			read = readAncient
		}
		if err := read(&directive.Call{Name: l[0], Args: l[1:]}, cf); err != nil {
			t.Fatal(err)
		}
	}
	return cf
}

func TestIsModern(t *testing.T) {
	listed := build(t, []string{"modern_browser", "msie", "5.5"}, []string{"modern_browser", "gecko", "1.0.0"}, []string{"ancient_browser", "Links", "netscape4"})
	unlisted := build(t, []string{"modern_browser", "unlisted"}, []string{"ancient_browser", "Links", "Lynx", "netscape4"})
	for _, c := range []struct {
		cf    *conf
		agent string
		want  bool
	}{
		{listed, "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)", true},
		{listed, "Mozilla/4.0 (compatible; MSIE 5.0; Windows NT 5.1)", false},
		{listed, "Mozilla/4.0 (compatible; MSIE 6.0; X11; FreeBSD i386) Opera 7.50  [en]", false},
		{listed, "Mozilla/5.0 (X11; U; Linux i686; en-US; rv:1.8.0.5) Gecko/20060729", true},
		{listed, "Links (2.2; Linux)", false},
		{listed, "curl", false},
		{unlisted, "curl", true},
		{unlisted, "Lynx/2.8", false},
		{unlisted, "Mozilla/4.72 [en] (X11; U)", false},
		{unlisted, "Mozilla/5.0 (X11; U)", true},
	} {
		if got := c.cf.isModern(c.agent, true); got != c.want {
			t.Errorf("%q: %v", c.agent, got)
		}
	}
	if listed.isModern("", false) || !unlisted.isModern("", false) {
		t.Error("no User-Agent")
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]uint64{"5.5": 5050000, "1.0.0": 1000000, "125.2": 125020000, "9.01": 9010000, "3": 3000000} {
		if got, n := parseVersion(text, 0); got != want || n != len(text) {
			t.Errorf("%s: %d", text, got)
		}
	}
	if _, n := parseVersion("5.x", 0); n == 3 {
		t.Error("letters were taken")
	}
}

func TestFaults(t *testing.T) {
	for _, args := range [][]string{{"listed"}, {"lynx", "1"}, {"msie", "five"}} {
		if readModern(&directive.Call{Name: "modern_browser", Args: args}, new(conf)) == nil {
			t.Errorf("%q was taken", args)
		}
	}
}
