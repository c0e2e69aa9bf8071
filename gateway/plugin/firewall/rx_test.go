package firewall

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
)

// capturer is a transaction as far as an operator sees it.
type capturer struct {
	plugintypes.TransactionState
	captures bool
	got      []string
}

func (c *capturer) Capturing() bool { return c.captures }

func (c *capturer) CaptureField(k int, s string) { c.got = append(c.got, fmt.Sprintf("%d=%s", k, s)) }

func TestRx(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
		groups        string
	}{
		{`(?i)un(ion).*sel(ect)?`, "x UNION\nSELx", true, "0=UNION\nSEL 1=ION 2="},
		{`^b$`, "a\nb\nc", true, "0=b"},
		{`a.c`, "a\nc", true, "0=a\nc"},
		{`a`, "b", false, ""},
		{`(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)`, "abcdefghijk", true, "0=abcdefghijk 1=a 2=b 3=c 4=d 5=e 6=f 7=g 8=h 9=i"},
		{`\xe2\x80[\x98-\x9f]`, "\xe2\x80\x99", true, "0=\xe2\x80\x99"},
		{`[\xc0-\xff]`, "\xc3\xa9", true, "0=\xc3"},
		{`(x|y)?z`, "z", true, "0=z 1="},
		{"", "", true, "0="},
	} {
		op, err := newRx(plugintypes.OperatorOptions{Arguments: c.pattern})
		if err != nil {
			t.Fatalf("%q: %v", c.pattern, err)
		}
		for name, ask := range map[string]func(plugintypes.TransactionState, string) bool{"PCRE2": op.Evaluate, "Go": op.(*rx).again} {
			tx := &capturer{captures: true}
			if got := ask(tx, c.text); got != c.want || strings.Join(tx.got, " ") != c.groups {
				t.Errorf("%s: %q for %q: %v %q", name, c.pattern, c.text, got, tx.got)
			}
			plain := &capturer{}
			if got := ask(plain, c.text); got != c.want || plain.got != nil {
				t.Errorf("%s: %q for %q, without groups: %v %q", name, c.pattern, c.text, got, plain.got)
			}
		}
	}
	for _, pattern := range []string{"(", `(?=a)b`, `(a)\1`, "a{2000}"} {
		if _, err := newRx(plugintypes.OperatorOptions{Arguments: pattern}); err == nil {
			t.Errorf("%q is taken", pattern)
		}
	}
}

// Where PCRE2 gives up, the answer comes all the same, and soon.
func TestRxGivesUp(t *testing.T) {
	op, err := newRx(plugintypes.OperatorOptions{Arguments: `^(?:(a+)+|b)$`})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("a", 5000)
	if _, err := op.(*rx).match(long+"!", nil); err == nil {
		t.Fatal("PCRE2 does not give up, and this tests nothing")
	}
	start := time.Now()
	if op.Evaluate(&capturer{captures: true}, long+"!") {
		t.Error("it matches")
	}
	tx := &capturer{captures: true}
	if !op.Evaluate(tx, long) || !slices.Contains(tx.got, "1="+long) {
		t.Errorf("it does not match: %.40q", tx.got)
	}
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("it took %v", d)
	}
}
