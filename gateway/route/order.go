package route

import (
	"cmp"
	"strings"
)

// The kinds of attributes, as bits: among rules with equally many, the higher number goes first. Those that Kong has stand in
// Kong's order.
const (
	kindClass = 1 << iota
	kindSource
	kindSNI
	kindMethod
	kindPath
	kindCookie
	kindQuery
	kindHeader
	kindHost
)

const (
	subRegex = 1 << iota
	subPort  // of the host that matched
	subPlainHosts
)

// order is an entry's place among all others. Smaller goes first; no two are alike.
type order struct {
	rank, tie uint64
	created   int64
	id        string
	part      int // which of the rule's paths and hosts
}

// newOrder packs what is compared first into two numbers:
//
//	rank  priority 32 | number of kinds 4 | kinds 9 | hosts and regex 3 | headers 8
//	tie   regex priority 32 | length of the path 32
func newOrder(r *Rule, kinds, sub uint64, headers, pathLen int) order {
	count := uint64(0)
	for k := kinds; k != 0; k &= k - 1 {
		count++
	}
	regexPriority := 0
	if sub&subRegex != 0 {
		regexPriority = r.RegexPriority
	}
	rank := biased(r.Priority)<<32 | count<<28 | kinds<<19 | sub<<16 | uint64(min(headers, 255))<<8
	tie := biased(regexPriority)<<32 | uint64(uint32(pathLen))
	return order{rank: ^rank, tie: ^tie, created: r.CreatedAt, id: r.ID}
}

// biased maps the int32 range to unsigned numbers in the same order; what lies outside is cut.
func biased(n int) uint64 {
	return uint64(max(-1<<31, min(n, 1<<31-1)) + 1<<31)
}

func (a *order) before(b *order) bool {
	if a.rank != b.rank {
		return a.rank < b.rank
	}
	return a.compare(b) < 0
}

func (a *order) compare(b *order) int {
	return cmp.Or(
		cmp.Compare(a.rank, b.rank),
		cmp.Compare(a.tie, b.tie),
		cmp.Compare(a.created, b.created),
		strings.Compare(a.id, b.id),
		cmp.Compare(a.part, b.part),
	)
}

var kindNames = map[uint64]string{
	kindHost: "host", kindHeader: "header", kindQuery: "query", kindCookie: "cookie",
	kindPath: "path", kindMethod: "method", kindSNI: "sni", kindSource: "source", kindClass: "client class",
}

func kindName(kind uint64) string { return kindNames[kind] }
