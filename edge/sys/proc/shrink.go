package proc

import (
	"bytes"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Shrink gives back what a process has needed to begin and does not need to go on: garbage,
// and the pages of the program itself that have been mapped. Those that are used again
// are mapped again from the system's cache; the kernel maps large pieces of a file at
// the first touch of each, so that after a start nearly all of it is there.
func Shrink() {
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	if metrics.Read(heap); heap[0].Value.Uint64() > muchHeap {
		debug.FreeOSMemory()
	}
	exe, err := os.Readlink(Self)
	if err != nil {
		return
	}
	smaps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		return
	}
	for _, r := range cleanRanges(smaps, exe) {
		unix.Syscall(unix.SYS_MADVISE, r.from, r.to-r.from, unix.MADV_DONTNEED)
	}
}

// muchHeap is from when on it pays to collect garbage: what the collector itself needs to
// run for the first time is a megabyte.
const muchHeap = 6 << 20

type memory struct{ from, to uintptr }

// cleanRanges are the mappings of a file whose every page is that of the file: they can't be
// written to, and never were (the loader writes into some before it makes them read-only,
// and then has pages of its own in them).
// Locked memory stays.
func cleanRanges(smaps []byte, file string) (list []memory) {
	var at memory
	clean := false
	end := func() {
		if clean {
			list = append(list, at)
		}
		clean = false
	}
	for line := range bytes.Lines(smaps) {
		words := strings.Fields(string(line))
		if len(words) < 2 {
			continue
		}
		if r, ok := rangeOf(words[0]); ok { // "ADDRESS-ADDRESS r-xp OFFSET DEVICE INODE FILE"
			end()
			at = r
			clean = len(words) == 6 && words[5] == file && !strings.Contains(words[1], "w")
			continue
		}
		switch words[0] {
		case "Anonymous:", "Swap:", "Locked:":
			clean = clean && words[1] == "0"
		}
	}
	end()
	return list
}

func rangeOf(text string) (memory, bool) {
	a, b, ok := strings.Cut(text, "-")
	from, err1 := strconv.ParseUint(a, 16, 64)
	to, err2 := strconv.ParseUint(b, 16, 64)
	return memory{uintptr(from), uintptr(to)}, ok && err1 == nil && err2 == nil
}
