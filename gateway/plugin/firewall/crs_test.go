package firewall_test

import (
	"os"
	"slices"
	"testing"
)

// differs are the cases whose outcome is another one here, by what happens instead. Those
// marked with * are on Coraza's own list of what differs below net/http.
var differs = map[string]struct {
	status string
	ids    []int // of rules that fit
	why    string
}{
	"920100-4":  {"405", nil, "* CONNECT is a proxy's affair: the engine refuses it, as nginx does"},
	"920100-8":  {"200", []int{920610}, "* Apache has no colon in a path; nginx has, and the rule about the fragment fits"},
	"920100-14": {"400", nil, "a method with | is refused by the engine, as nginx does"},
	"920100-16": {"200", nil, "the URI of http://localhost is / for the engine, and so for the rules"},
	"920181-1":  {"400", nil, "Content-Length beside Transfer-Encoding is refused by the engine, as nginx does; Apache lets it pass"},
	"920270-4":  {"200", []int{920270}, "* the status is Apache's; the rule fits"},
	"920274-1":  {"200", []int{920274}, "* the status is Apache's; the rule fits"},
	"920290-4":  {"400", nil, "* an empty Host is refused by the engine, as nginx does"},
	"920430-8":  {"505", nil, "* HTTP/4.0 is refused by the engine, as nginx does"},
	"920610-2":  {"200", []int{920610}, "the status is Apache's; the rule fits"},
	"920620-1":  {"200", []int{920620}, "the status is right; Apache joins the two Content-Types before its rules see them"},
	"922130-1":  {"200", []int{200002, 200003}, "* Coraza's parser finds the fault before the rule can"},
	"922130-2":  {"200", []int{200002, 200003}, "* Coraza's parser finds the fault before the rule can"},
	"922130-7":  {"200", []int{200002, 200003}, "* Coraza's parser finds the fault before the rule can"},
}

// share is which part of the cases is played by default: one of so many.
var share = map[bool]int{false: 30, true: 300}[racing]

// The core rule set's own cases hold, except those that are listed. With CRS=all ("make
// soak") all of them are played; otherwise a share, and those of the list.
func TestCoreRuleSet(t *testing.T) {
	all := os.Getenv("CRS") == "all"
	p := newPlayer(t)
	held := 0
	for k, c := range crsCases(t) {
		d, other := differs[c.id]
		if !all && k%share != 0 && !other {
			continue
		}
		o, wrong := p.play(&c)
		switch {
		case other && wrong == "":
			t.Errorf("%s holds, and is on the list of those that don't", c.id)
		case other && (o.status != d.status || slices.ContainsFunc(d.ids, func(id int) bool { return !slices.Contains(o.ids, id) })):
			t.Errorf("%s is answered with %s by %v, not %s by %v", c.id, o.status, o.ids, d.status, d.ids)
		case !other && wrong != "":
			t.Errorf("%s: %s", c.id, wrong)
		case !other:
			held++
		}
	}
	t.Logf("%d cases of the core rule set hold, %d are on the list of those that don't", held, len(differs))
	if all && held < 4600 {
		t.Errorf("where are the others?")
	}
}
