package firewall

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"sync"

	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"rsc.io/binaryregexp"

	"moongate/engine/regex"
)

// rx is the operator @rx by PCRE2, whose machine code is ten times as fast as Go's regexp.
// The core rules are written for PCRE, and say the same in the syntax that both have. Bytes
// are bytes, as they are to ModSecurity. PCRE2 may give up: then Go's regexp, which never
// takes longer than the text is long, has the word.
type rx struct {
	re   *regex.Regex
	slow func() matcher
}

// matcher is what Go's regexp and its twin for bytes have in common.
type matcher interface {
	FindStringSubmatchIndex(s string) []int
}

// replaceRx puts rx into the place of Coraza's operator.
var replaceRx = sync.OnceFunc(func() { plugins.RegisterOperator("rx", newRx) })

// mostCaptured is how many groups rules can name, with the whole.
const mostCaptured = 10

func newRx(o plugintypes.OperatorOptions) (plugintypes.Operator, error) {
	pattern := "(?sm)" + o.Arguments
	// What Coraza by itself would not take is not taken here.
	if _, err := syntax.Parse(pattern, syntax.Perl); err != nil {
		return nil, err
	}
	x := &rx{slow: sync.OnceValue(func() matcher {
		if re, err := binaryregexp.Compile(pattern); err == nil {
			return re
		}
		return regexp.MustCompile(pattern)
	})}
	re, err := regex.Compile(pattern, false)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Arguments, err)
	}
	x.re = re
	return x, nil
}

// Evaluate implements plugintypes.Operator.
func (x *rx) Evaluate(tx plugintypes.TransactionState, value string) bool {
	var room [2 * mostCaptured]int32
	captures := room[:0]
	if tx.Capturing() {
		captures = room[:min(len(room), 2*(x.re.Captures()+1))]
	}
	n, err := x.match(value, captures)
	if err != nil {
		return x.again(tx, value)
	}
	if !n {
		return false
	}
	for k := range len(captures) / 2 {
		tx.CaptureField(k, regex.Capture(value, captures, k))
	}
	return true
}

func (x *rx) match(value string, captures []int32) (bool, error) {
	if len(captures) == 0 {
		return x.re.Match(value)
	}
	n, err := x.re.Exec(value, captures)
	return n > 0, err
}

// again asks Go's regexp.
func (x *rx) again(tx plugintypes.TransactionState, value string) bool {
	at := x.slow().FindStringSubmatchIndex(value)
	if at == nil {
		return false
	}
	for k := 0; tx.Capturing() && k < min(len(at)/2, mostCaptured); k++ {
		s := ""
		if at[2*k] >= 0 {
			s = value[at[2*k]:at[2*k+1]]
		}
		tx.CaptureField(k, s)
	}
	return true
}
