package nftables

import "moongate/edge/wire/nlmsg"

// Parts of a packet.
const (
	Network   = 1
	Transport = 2
)

// Verdict is what becomes of a packet.
type Verdict int32

// The verdicts that are used here.
const (
	Drop   Verdict = 0
	Accept Verdict = 1
	Goto   Verdict = -4 // another chain
)

// Registers hold 16 bytes each, or 4 when they are named by their quarters: an address is
// Reg1 or its first quarter, and what must follow an address comes after it.
const (
	VerdictReg = 0
	Reg1       = 1
	Reg2       = 2
	Reg3       = 3
	Reg4       = 4
	Quarter0   = 8
	Nowhere    = ^uint32(0) // of a lookup that only asks whether a key is in a set
)

// Expression adds one of these names; write writes its attributes.
func (b *Batch) Expression(name string, write func()) {
	b.Open(listElement | nlmsg.Nested)
	b.String(expressionName, name)
	b.Open(expressionData | nlmsg.Nested)
	write()
	b.Close()
	b.Close()
}

// numbers adds an expression whose attributes are numbers, counted from 1; those that
// are Nowhere are left out.
func (b *Batch) numbers(name string, values ...uint32) {
	b.Expression(name, func() {
		for i, v := range values {
			if v != Nowhere {
				b.Uint32BE(uint16(i+1), v)
			}
		}
	})
}

// Payload loads n bytes of the packet.
func (b *Batch) Payload(base, offset, n, reg uint32) { b.numbers("payload", reg, base, offset, n) }

// Meta loads what the kernel knows of the packet.
func (b *Batch) Meta(key, reg uint32) { b.numbers("meta", reg, key) }

// Equal goes on when a register has these bytes.
func (b *Batch) Equal(reg uint32, v ...byte) {
	b.Expression("cmp", func() {
		b.Uint32BE(1, reg)
		b.Uint32BE(2, 0) // equal
		b.data(3, v)
	})
}

// Mask leaves only some bits of a register.
func (b *Batch) Mask(reg uint32, mask []byte) {
	b.Expression("bitwise", func() {
		b.Uint32BE(1, reg)
		b.Uint32BE(2, reg)
		b.Uint32BE(3, uint32(len(mask)))
		b.data(4, mask)
		b.data(5, make([]byte, len(mask)))
	})
}

// Lookup finds a key in a set, by name or the id that it has in this batch. In a map it
// loads the value; of verdicts it follows the one that it finds.
func (b *Batch) Lookup(set string, id, key, value uint32) {
	b.Expression("lookup", func() {
		b.String(1, set)
		b.Uint32BE(2, key)
		if value != Nowhere {
			b.Uint32BE(3, value)
		}
		if id != 0 {
			b.Uint32BE(4, id)
		}
	})
}

// Remember has packets write a key into a set, or its time anew.
func (b *Batch) Remember(set string, key uint32) {
	const update = 1
	b.Expression("dynset", func() {
		b.String(1, set)
		b.Uint32BE(3, update)
		b.Uint32BE(4, key)
	})
}

// Immediate loads bytes.
func (b *Batch) Immediate(reg uint32, v []byte) {
	b.Expression("immediate", func() {
		b.Uint32BE(1, reg)
		b.data(2, v)
	})
}

// Decide ends the rule with a verdict.
func (b *Batch) Decide(v Verdict, chain string) {
	b.Expression("immediate", func() {
		b.Uint32BE(1, VerdictReg)
		b.Open(2 | nlmsg.Nested)
		b.verdict(v, chain)
		b.Close()
	})
}

func (b *Batch) verdict(v Verdict, chain string) {
	b.Open(dataVerdict | nlmsg.Nested)
	b.Uint32BE(1, uint32(v))
	if chain != "" {
		b.String(2, chain)
	}
	b.Close()
}

// Counter counts packets and bytes.
func (b *Batch) Counter() { b.Expression("counter", func() {}) }

// Dup sends a copy to an address by an interface.
func (b *Batch) Dup(address, device uint32) { b.numbers("dup", address, device) }

// Turn loads the next number below n.
func (b *Batch) Turn(n, reg uint32) {
	const incremental = 0
	b.numbers("numgen", reg, n, incremental)
}

// Hash loads a number below n that length bytes from a register on decide.
func (b *Batch) Hash(from, length, n, seed, reg uint32) {
	const jenkins = 0
	b.numbers("hash", from, reg, length, n, seed, Nowhere, jenkins)
}

// DNAT gives packets another destination. The port may be Nowhere.
func (b *Batch) DNAT(family uint8, address, port uint32) {
	const destination = 1
	b.numbers("nat", destination, uint32(family), address, Nowhere, port)
}

func (b *Batch) data(kind uint16, v []byte) {
	b.Open(kind | nlmsg.Nested)
	b.Attr(dataValue, v)
	b.Close()
}
