package release

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Share is a part of all clients, in steps of 0.01 %.
type Share int

// All is 100 %.
const All Share = 10000

// Percent makes a Share of a percentage, to the nearest step.
func Percent(p float64) (Share, error) {
	if !(p >= 0 && p <= 100) {
		return 0, fmt.Errorf("%v is not a percentage from 0 to 100", p)
	}
	return Share(math.Round(p * 100)), nil
}

// String is "12.5 %".
func (s Share) String() string { return decimal(int(s)) + " %" }

// decimal writes hundredths.
func decimal(n int) string {
	s := strconv.FormatFloat(float64(n)/100, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// FNV-1a.
const (
	fnvStart = 0xcbf29ce484222325
	fnvPrime = 0x100000001b3
)

func fnv[S string | []byte](h uint64, s S) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * fnvPrime
	}
	return h
}

// bucket is a client's place, 0 to 9999. It must never change: running releases would move their clients. FNV-1a begins with
// the salt's; what MurmurHash3 does at its end spreads it over all bits.
func bucket[S string | []byte](salt uint64, key S) int {
	h := fnv(salt, key)
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	return int(h >> 32 * uint64(All) >> 32)
}

// saltHash is where the hash of a key begins.
func saltHash(salt string) uint64 { return fnv(fnv(fnvStart, salt), "\x00") }
