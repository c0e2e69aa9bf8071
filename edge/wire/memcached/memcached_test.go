package memcached

import (
	"strings"
	"testing"
)

func TestParseValue(t *testing.T) {
	for line, want := range map[string]struct {
		v Value
		f Found
	}{
		"VALUE k 12 345":   {Value{"12", 345}, Hit},
		"VALUE k x 0":      {Value{"x", 0}, Hit},
		"VALUE k 12 345 6": {Value{"12", 0}, BadLength},
		"VALUE k 12 ":      {Value{"12", 0}, BadLength},
		"VALUE k 12":       {Value{"12", 0}, Invalid},
		"VALUE k":          {Value{}, Invalid},
		"VALUE kk 1 2":     {Value{}, Invalid},
		"VALUE x 1 2":      {Value{}, WrongKey},
		"END":              {Value{}, Miss},
		"END ":             {Value{}, Invalid},
		"":                 {Value{}, Invalid},
	} {
		v, f := ParseValue(line, "k")
		if f == BadLength || f == Invalid {
			want.v.Length = v.Length
		}
		if v != want.v || f != want.f {
			t.Errorf("%q: %v %v, want %v %v", line, v, f, want.v, want.f)
		}
	}
}

// feed gives in to i in pieces of so many bytes.
func feed(i *Item, in string, step int) (data string, done, ok bool) {
	for ok = true; in != "" && !done && ok; {
		n := min(step, len(in))
		var d []byte
		d, done, ok = i.Next([]byte(in[:n]))
		data += string(d)
		in = in[n:]
	}
	return data, done, ok
}

func TestItem(t *testing.T) {
	for step := 1; step < 16; step++ {
		var i Item
		i.Begin(5)
		if got, done, ok := feed(&i, "a\r\nEN\r\nEND\r\n", step); got != "a\r\nEN" || !done || !ok || i.Wanted() != 0 {
			t.Errorf("in pieces of %d: %q %v %v", step, got, done, ok)
		}
		i.Begin(1)
		if got, done, ok := feed(&i, "abcd", step); got != "a" || !done || ok {
			t.Errorf("no end, in pieces of %d: %q %v %v", step, got, done, ok)
		}
	}
	var i Item
	i.Begin(2)
	if _, done, ok := feed(&i, "ab\r\nEND\r\nx", 16); !done || ok {
		t.Error("bytes behind the end went unnoticed")
	}
	i.None()
	if _, done, ok := i.Next(nil); !done || !ok {
		t.Error("a miss wants more")
	}
}

func TestParseReply(t *testing.T) {
	for _, c := range []struct {
		cmd  Command
		in   string
		want Reply
	}{
		{Set, "STORED\r\n", Stored}, {Set, "STORED\r", More}, {Set, "STORED\n", Nonsense}, {Add, "NOT_STORED\r\n", Fine},
		{Replace, "EXISTS\r\n", Fine}, {Append, "NOT_FOUND\r\n", NotFound}, {Set, "DELETED\r\n", Nonsense},
		{Delete, "DELETED\r\n", Fine}, {Delete, "NOT_FOUND\r\n", NotFound}, {Delete, "ERROR\r\n", Failed},
		{Incr, "17\r\n", Stored}, {Incr, "9  \r\n", Stored}, {Decr, "x\r\n", Nonsense}, {Decr, "18446744073709551615\r\n", Stored},
		{Incr, "CLIENT_ERROR no number\r\n", Failed}, {FlushAll, "OK\r\n", Fine}, {FlushAll, "NOT_FOUND\r\n", Nonsense},
		{Version, "VERSION 1.6\r\n", Fine}, {Version, "VERSION \r\n", Nonsense}, {Version, "SERVER_ERROR busy\r\n", Failed},
		{Stats, "STAT a 1\r\nSTAT b 2\r\nEND\r\n", Fine}, {Stats, "STAT a 1\r\nEND\r", More}, {Stats, "STAT a 1\r\nx\r\n", Nonsense},
	} {
		n, got := ParseReply(c.cmd, []byte(c.in))
		if got != c.want || got == Fine && n != len(c.in) {
			t.Errorf("%d %q: %d bytes, %d, want %d", c.cmd, c.in, n, got, c.want)
		}
	}
}

func FuzzReply(f *testing.F) {
	f.Add(uint8(Stats), "STAT a 1\r\nEND\r\n")
	f.Add(uint8(Set), "STORED\r\n")
	f.Fuzz(func(t *testing.T, c uint8, in string) {
		n, r := ParseReply(Command(c), []byte(in))
		if n < 0 || n > len(in) {
			t.Fatal("more was used than there was")
		}
		// An answer stays what it is when more follows.
		if m, again := ParseReply(Command(c), []byte(in+"x")); r != More && (m != n || again != r) {
			t.Fatal("what follows changed the answer")
		}
	})
}

func FuzzItem(f *testing.F) {
	f.Add(int64(3), "abc\r\nEND\r\n", 2)
	f.Fuzz(func(t *testing.T, length int64, in string, step int) {
		if length < 0 || length > 1<<20 || step <= 0 {
			t.Skip()
		}
		var whole, pieces Item
		whole.Begin(length)
		pieces.Begin(length)
		data, done, ok := feed(&pieces, in, step)
		if !strings.HasPrefix(in, data) || int64(len(data)) > length || pieces.Wanted() < 0 {
			t.Fatalf("%q of %q", data, in)
		}
		all, wdone, wok := feed(&whole, in, len(in)+1)
		// Bytes behind the end are seen only when they come together with it.
		if all != data || done != wdone || ok != wok && len(in) <= int(length)+len(end) {
			t.Fatalf("in pieces: %q %v %v, at once: %q %v %v", data, done, ok, all, wdone, wok)
		}
	})
}
