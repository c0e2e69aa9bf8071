package concurrencylimiting

import (
	"encoding/binary"
	"strings"

	"moongate/engine/zone"
)

// Identifier is who a key of a configuration is about; false if it is none.
func Identifier(id, key string) (string, bool) {
	return strings.CutPrefix(key, prefixOf(id))
}

func prefixOf(id string) string { return "concurrency-limiting:" + id + ":" }

// UnderWay is how many requests a count says are under way in processes that are there.
func UnderWay(d *zone.Dict, mem []byte) (n int64) {
	for ; len(mem) >= rowSize; mem = mem[rowSize:] {
		if count := binary.LittleEndian.Uint32(mem[4:]); count > 0 && d.Signed(binary.LittleEndian.Uint32(mem)) {
			n += int64(count)
		}
	}
	return n
}
