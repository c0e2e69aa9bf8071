package bfd

import (
	"bytes"
	"encoding/hex"
	"testing"
	"time"
)

// The first packet of keepalived 2.2.7 for a session with min_rx 100, min_tx 100, multiplier 4.
const captured = "20400418" + "0c5282eb" + "00000000" + "000f4240" + "000186a0" + "00000000"

func vector(t testing.TB) []byte {
	t.Helper()
	b, err := hex.DecodeString(captured)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAsKeepalived(t *testing.T) {
	want := Packet{State: Down, Multiplier: 4, Mine: 0x0c5282eb, MinTx: time.Second, MinRx: 100 * time.Millisecond}
	var p Packet
	if err := p.Parse(append(vector(t), 1, 2, 3)); err != nil || p != want {
		t.Errorf("%+v %v", p, err)
	}
	if got := p.Append(nil); !bytes.Equal(got, vector(t)) {
		t.Errorf("%x", got)
	}
}

func TestAllFields(t *testing.T) {
	p := Packet{Diag: 31, State: Up, Flags: Poll | Final | Separate | Demand, Multiplier: 255, Mine: 1, Yours: 1<<32 - 1,
		MinTx: time.Microsecond, MinRx: (1<<32 - 1) * time.Microsecond, MinRxE: 7 * time.Microsecond}
	var q Packet
	if err := q.Parse(p.Append(nil)); err != nil || p != q {
		t.Errorf("%+v %v", q, err)
	}
	if p.Diag.String() != "Unknown" || Expired.String() != "Control Detection Time Expired" || AdministratorDown.String() != "Administratively Down" || Init.String() != "Init" {
		t.Error(p.Diag, Expired, Init)
	}
}

func TestFaults(t *testing.T) {
	for what, c := range map[string]struct {
		change func(b []byte) []byte
		want   error
	}{
		"short":            {func(b []byte) []byte { return b[:Size-1] }, ErrShort},
		"version 0":        {func(b []byte) []byte { b[0] = 0; return b }, ErrVersion},
		"version 2":        {func(b []byte) []byte { b[0] = 0x40; return b }, ErrVersion},
		"length 23":        {func(b []byte) []byte { b[3] = 23; return b }, ErrLength},
		"length 25":        {func(b []byte) []byte { b[3] = 25; return b }, ErrLength},
		"multiplier":       {func(b []byte) []byte { b[2] = 0; return b }, ErrMultiplier},
		"multipoint":       {func(b []byte) []byte { b[1] |= 1; return b }, ErrMultipoint},
		"mine":             {func(b []byte) []byte { return append(b[:4], append([]byte{0, 0, 0, 0}, b[8:]...)...) }, ErrDiscriminator},
		"yours while up":   {func(b []byte) []byte { b[1] = 0xc0; return b }, ErrDiscriminator},
		"yours while init": {func(b []byte) []byte { b[1] = 0x80; return b }, ErrDiscriminator},
		"auth":             {func(b []byte) []byte { b[1] |= 4; return b }, ErrAuth},
	} {
		var p Packet
		if err := p.Parse(c.change(vector(t))); err != c.want {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	b := vector(t)
	var p Packet
	if n := testing.AllocsPerRun(10, func() {
		p.Parse(b)
		b = p.Append(b[:0])
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(vector(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p, q Packet
		if p.Parse(b) != nil {
			return
		}
		if err := q.Parse(p.Append(nil)); err != nil || p != q {
			t.Errorf("%+v became %+v: %v", p, q, err)
		}
	})
}
