package route

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// subjects are all texts of a few characters.
var subjects = func() []string {
	all := []string{""}
	for start, n := 0, 0; n < 4; n++ {
		end := len(all)
		for _, s := range all[start:end] {
			for _, c := range []string{"/", "a", "A", "#", "|"} {
				all = append(all, s+c)
			}
		}
		start = end
	}
	return all
}()

// What a regex matches begins with its literal: or the index would not find it.
func checkLiteral(t testing.TB, pattern string) {
	p, err := parsePath("~" + pattern)
	if err != nil {
		return
	}
	for _, s := range subjects {
		if ok, _ := p.re.Match(s); ok && !strings.HasPrefix(s, p.key) {
			t.Fatalf("%s matches %q, but its literal is %q", pattern, s, p.key)
		}
	}
}

var tokens = []string{"/", "a", "A", "#", "|", "(", ")", "(?:", "(?i)", "(?x)", "(?#", "(?|", "[", "]", "^", "$", ".", "*", "+", "?", "{2}", "{0}", "{,1}", "{",
	"}", `\`, `\/`, `\Q`, `\E`, `\|`, `\(`, `\)`, `\d`, `\A`, "-", " ", "\n", "(?=", "(*ACCEPT)", "(?!", `\K`}

func TestLiteralIsCareful(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		pattern := ""
		for range 1 + rnd.IntN(7) {
			pattern += tokens[min(rnd.IntN(len(tokens)), rnd.IntN(len(tokens)))]
		}
		checkLiteral(t, pattern)
	}
}

func FuzzLiteral(f *testing.F) {
	f.Add([]byte{0, 1, 4, 2})
	f.Fuzz(func(t *testing.T, picks []byte) {
		pattern := ""
		for _, p := range picks[:min(len(picks), 12)] {
			pattern += tokens[int(p)%len(tokens)]
		}
		checkLiteral(t, pattern)
	})
}
