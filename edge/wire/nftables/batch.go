package nftables

import (
	"encoding/binary"

	"moongate/edge/wire/nlmsg"
)

// Batch is changes that belong together: the kernel makes all of them, or none. Sequence
// numbers count on from one to the next.
type Batch struct {
	nlmsg.Encoder
	Seq   uint32 // of the last message
	First uint32 // of the batch's first
	Ack   bool   // each message is answered, not only those that fail
	Blank bool   // nothing is in it yet
	sets  uint32
}

// Table is where changes are made.
type Table struct {
	Family uint8
	Name   string
}

// Begin begins a batch, in the place of what was written before.
func (b *Batch) Begin() {
	b.Reset()
	b.First, b.sets, b.Blank = b.Seq+1, 0, true
	b.mark(batchBegin)
}

// End ends it.
func (b *Batch) End() { b.mark(batchEnd) }

func (b *Batch) mark(kind uint16) {
	b.Seq++
	b.Message(nlmsg.Header{Type: kind, Flags: request, Seq: b.Seq})
	b.Raw(binary.BigEndian.AppendUint16([]byte{0, 0}, subsystem)...)
}

// About begins a message about something of a family.
func (b *Batch) About(family uint8, kind Kind, flags uint16) {
	b.Seq++
	b.Blank = false
	if b.Ack {
		flags |= ack
	}
	b.Message(Head(kind, flags, b.Seq))
	b.Raw(family, 0, 0, 0)
}

// Head is the head of a message of nftables.
func Head(kind Kind, flags uint16, seq uint32) nlmsg.Header {
	return nlmsg.Header{Type: subsystem<<8 | uint16(kind), Flags: request | flags, Seq: seq}
}

// MakeTable makes a table, unless it is there.
func (b *Batch) MakeTable(t Table) {
	b.About(t.Family, newTable, create)
	b.String(tableName, t.Name)
	b.Uint32BE(tableFlags, 0)
}

// DropTable deletes a table with all that is in it. It makes it first, so that there is one.
func (b *Batch) DropTable(t Table) {
	b.MakeTable(t)
	b.About(t.Family, delTable, 0)
	b.String(tableName, t.Name)
}

// Chain makes a chain that others lead to.
func (b *Batch) Chain(t Table, name string) { b.chain(t, newChain, create, name) }

func (b *Batch) chain(t Table, kind Kind, flags uint16, name string) {
	b.About(t.Family, kind, flags)
	b.String(chainTable, t.Name)
	b.String(chainName, name)
}

// Base is where a chain begins: with the packets of a hook.
type Base struct {
	Hook     uint32
	Priority int32
	Type     string // "filter", "nat"
}

// BaseChain makes a chain that takes packets which it does not decide on.
func (b *Batch) BaseChain(t Table, name string, base Base) {
	b.Chain(t, name)
	b.Open(chainHook | nlmsg.Nested)
	b.Uint32BE(hookNumber, base.Hook)
	b.Uint32BE(hookPriority, uint32(base.Priority))
	b.Close()
	b.Uint32BE(chainPolicy, uint32(Accept))
	b.String(chainType, base.Type)
}

// EmptyChain deletes all rules of a chain, DropChain the chain with them.
func (b *Batch) EmptyChain(t Table, name string) {
	b.About(t.Family, delRule, 0)
	b.String(ruleTable, t.Name)
	b.String(ruleChain, name)
}

// DropChain deletes a chain that nothing leads to any more.
func (b *Batch) DropChain(t Table, name string) {
	b.EmptyChain(t, name)
	b.chain(t, delChain, 0, name)
}

// Rule adds a rule at the end of a chain, or in front of it. write writes its expressions.
func (b *Batch) Rule(t Table, chain string, last bool, write func()) {
	flags := uint16(create)
	if last {
		flags |= appends
	}
	b.About(t.Family, newRule, flags)
	b.String(ruleTable, t.Name)
	b.String(ruleChain, chain)
	b.Open(ruleExpressions | nlmsg.Nested)
	write()
	b.Close()
}
