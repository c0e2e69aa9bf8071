package luajit

import (
	"math"
	"testing"
)

func TestNumbersAsLua(t *testing.T) {
	st := newState(t)
	for _, f := range []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1.5, 1e14, 1e15, 99999999999999, 123456789012345, 1e100, -1e-7, 0.00012, 1e-5,
		1.0 / 3, 100, 1e5, 1e13 + 0.5, math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324} {
		b := st.Tape()
		b.Ref(function(t, st, `return tostring(...)`))
		b.Num(f)
		vs, err := st.Main().Call(b, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(AppendNumber(nil, f)); got != vs.At(1).Str() {
			t.Errorf("%v: %s, Lua has %s", f, got, vs.At(1).Str())
		}
		st.Main().Pop(1)
	}
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"", "1", " 12 ", "0x1F", "0x1p4", "-0x10", "1e5", "0b101", "inf", "nan", "1_0", "--1", "+-1", "1e", "0x", "1e400", ".5", "5.", "infinity", "-0"} {
		f.Add(s)
	}
	st := newState(f)
	fn := function(f, st, `local n = tonumber(...) return n`)
	f.Fuzz(func(t *testing.T, s string) {
		b := st.Tape()
		b.Ref(fn)
		b.Str(s)
		vs, err := st.Main().Call(b, false)
		if err != nil {
			t.Fatal(err)
		}
		want, isNum := vs.At(1).Num(), vs.At(1).Type() == TNumber
		st.Main().Pop(len(vs))
		got, ok := st.ParseNumber(s)
		if ok != isNum || (ok && got != want && !(got != got && want != want)) {
			t.Errorf("%q: %v %v, Lua has %v %v", s, got, ok, want, isNum)
		}
	})
}
