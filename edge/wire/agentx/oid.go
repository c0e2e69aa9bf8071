package agentx

import (
	"slices"
	"strconv"
	"strings"
)

// OID is the name of a variable or of a subtree.
type OID []uint32

// internet is the beginning that has a short form on the wire, with one more number.
var internet = OID{1, 3, 6, 1}

// MustOID reads "1.3.6.1.2.1"; it is for names that stand in the program.
func MustOID(text string) OID {
	var o OID
	for _, word := range strings.Split(text, ".") {
		n, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			panic("agentx: " + text + " is no name")
		}
		o = append(o, uint32(n))
	}
	return o
}

// With is the name with more behind it, in memory of its own.
func (o OID) With(more ...uint32) OID {
	return append(append(make(OID, 0, len(o)+len(more)), o...), more...)
}

// Compare orders names as SNMP does: number by number, the shorter first.
func (o OID) Compare(p OID) int { return slices.Compare(o, p) }

// Under tells whether the name lies in a subtree.
func (o OID) Under(tree OID) bool { return len(o) >= len(tree) && slices.Equal(o[:len(tree)], tree) }

// String is ".1.3.6.1.2.1", as snmpwalk -On has it.
func (o OID) String() string {
	var b []byte
	for _, n := range o {
		b = strconv.AppendUint(append(b, '.'), uint64(n), 10)
	}
	return string(b)
}
