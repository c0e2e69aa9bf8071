package nftables

import (
	"encoding/binary"

	"moongate/edge/wire/nlmsg"
)

// Types of keys, by which the nft command knows how to print them (src/datatype.c there).
// A concatenation has TypeBits for each.
const (
	TypeIPv4  = 7
	TypeIPv6  = 8
	TypeProto = 12
	TypePort  = 13
	TypeMark  = 19 // for plain numbers, too: the command knows no length of integers, and stops
	TypeIndex = 20
	TypeICMP6 = 29
	TypeBits  = 6
)

// Flags of sets.
const (
	Anonymous = 0x1 // it lives and dies with the rule that looks into it
	Constant  = 0x2
	Map       = 0x8
	Timeout   = 0x10 // elements go by themselves
	Eval      = 0x20 // rules write into it
)

// Verdicts is the type of data of a map whose values are verdicts.
const Verdicts = 0xffffff00

// Set is a set of keys, or with Map a map.
type Set struct {
	Name             string
	Flags            uint32
	KeyType, KeyLen  uint32
	DataType         uint32 // of a map
	DataLen          uint32 // 0 with Verdicts
	Timeout          uint64 // milliseconds
	Size             uint32
	HostKey, HostVal bool // in the machine's order, which the nft command would not know
	ID               uint32
}

// Set makes a set and gives it the ID that it has in this batch.
func (b *Batch) Set(t Table, s *Set) {
	b.sets++
	s.ID = b.sets
	b.About(t.Family, newSet, create)
	b.String(setTable, t.Name)
	b.String(setName, s.Name)
	b.Uint32BE(setFlags, s.Flags)
	b.Uint32BE(setKeyType, s.KeyType)
	b.Uint32BE(setKeyLen, s.KeyLen)
	if s.DataType != 0 {
		b.Uint32BE(setDataType, s.DataType)
	}
	if s.DataLen != 0 {
		b.Uint32BE(setDataLen, s.DataLen)
	}
	b.Uint32BE(setID, s.ID)
	if s.Timeout != 0 {
		b.Uint64BE(setTimeout, s.Timeout)
	}
	if s.Size != 0 {
		b.Open(setDesc | nlmsg.Nested)
		b.Uint32BE(setDescSize, s.Size)
		b.Close()
	}
	if notes := s.notes(); notes != nil {
		b.Attr(setUserData, notes)
	}
}

// notes are for the nft command: each a type, a length and a number.
func (s *Set) notes() (notes []byte) {
	for kind, host := range []bool{s.HostKey, s.HostVal} {
		if host {
			notes = append(append(notes, byte(kind), 4), binary.NativeEndian.AppendUint32(nil, 1)...)
		}
	}
	return notes
}

// DropSet deletes a set.
func (b *Batch) DropSet(t Table, name string) {
	b.About(t.Family, delSet, 0)
	b.String(setTable, t.Name)
	b.String(setName, name)
}

// Element is a key in a set, and in a map its value: bytes, or the chain to go on in.
type Element struct {
	Key, Value []byte
	Chain      string
}

// perMessage is how many elements an attribute holds with room to spare.
const perMessage = 400

// Add adds elements to a set. id is that of a set of this batch without a name of its own,
// or 0.
func (b *Batch) Add(t Table, set string, id uint32, list ...Element) {
	b.elements(t, newElement, create, set, id, list)
}

// Remove deletes elements of a set.
func (b *Batch) Remove(t Table, set string, list ...Element) {
	b.elements(t, delElement, 0, set, 0, list)
}

func (b *Batch) elements(t Table, kind Kind, flags uint16, set string, id uint32, list []Element) {
	for len(list) > 0 {
		part := list[:min(len(list), perMessage)]
		list = list[len(part):]
		b.About(t.Family, kind, flags)
		b.String(elementsTable, t.Name)
		b.String(elementsSet, set)
		if id != 0 {
			b.Uint32BE(elementsSetID, id)
		}
		b.Open(elementsList | nlmsg.Nested)
		for i := range part {
			b.element(&part[i])
		}
		b.Close()
	}
}

func (b *Batch) element(e *Element) {
	b.Open(listElement | nlmsg.Nested)
	b.data(elementKey, e.Key)
	switch {
	case e.Chain != "":
		b.Open(elementData | nlmsg.Nested)
		b.verdict(Goto, e.Chain)
		b.Close()
	case e.Value != nil:
		b.data(elementData, e.Value)
	}
	b.Close()
}
