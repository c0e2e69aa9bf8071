package proc

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestCleanRanges(t *testing.T) {
	const smaps = `00400000-00500000 r-xp 00000000 fe:00 1 /bin/x
Rss: 900 kB
Private_Dirty: 4 kB
Anonymous: 0 kB
Locked: 0 kB
00500000-00600000 r--p 00100000 fe:00 1 /bin/x
Private_Dirty: 0 kB
Locked: 4 kB
00600000-00700000 r--p 00200000 fe:00 1 /bin/x
Anonymous: 4 kB
00700000-00800000 rw-p 00300000 fe:00 1 /bin/x
Private_Dirty: 0 kB
00800000-00900000 r-xp 00000000 fe:00 2 /lib/libc.so.6
Private_Dirty: 0 kB
00900000-00a00000 rw-p 00000000 00:00 0
Private_Dirty: 0 kB
00a00000-00b00000 r--p 00400000 fe:00 1 /bin/x
Private_Dirty: 0 kB
`
	got := cleanRanges([]byte(smaps), "/bin/x")
	if len(got) != 2 || got[0] != (memory{0x400000, 0x500000}) || got[1] != (memory{0xa00000, 0xb00000}) {
		t.Errorf("%x", got)
	}
}

// The program itself is found, and what is given back comes again when it is used: the
// rest of this test.
func TestShrink(t *testing.T) {
	exe, err := os.Readlink(Self)
	if err != nil {
		t.Skip(err)
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	here := reflect.ValueOf(TestShrink).Pointer()
	if !slices.ContainsFunc(cleanRanges(smaps, exe), func(r memory) bool { return r.from <= here && here < r.to }) {
		t.Errorf("the program's code at %x is not in %x", here, cleanRanges(smaps, exe))
	}
	Shrink()
	if got := strings.ToUpper(strings.Repeat("still here ", 2)); got != "STILL HERE STILL HERE " {
		t.Error(got)
	}
}
