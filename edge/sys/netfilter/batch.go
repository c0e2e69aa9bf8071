package netfilter

import (
	"encoding/binary"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// A batch is written message by message. Sequence numbers count on.
type batch struct {
	nlmsg.Encoder
	seq   uint32
	setID uint32
}

const ack = unix.NLM_F_ACK

// message begins a message about something in nftables.
func (b *batch) message(fam fam, msg int, flags uint16) {
	b.seq++
	b.Message(nlmsg.Header{Type: unix.NFNL_SUBSYS_NFTABLES<<8 | uint16(msg), Flags: unix.NLM_F_REQUEST | ack | flags, Seq: b.seq})
	b.Raw(fam.number(), unix.NFNETLINK_V0, 0, 0)
}

// mark writes the beginning or the end of the batch.
func (b *batch) mark(kind uint16) {
	b.seq++
	b.Message(nlmsg.Header{Type: kind, Flags: unix.NLM_F_REQUEST, Seq: b.seq})
	b.Raw(binary.BigEndian.AppendUint16([]byte{unix.AF_UNSPEC, unix.NFNETLINK_V0}, unix.NFNL_SUBSYS_NFTABLES)...)
}

func (b *batch) table(fam fam, msg int, name string) {
	flags := uint16(0)
	if msg == unix.NFT_MSG_NEWTABLE {
		flags = unix.NLM_F_CREATE
	}
	b.message(fam, msg, flags)
	b.String(unix.NFTA_TABLE_NAME, name)
	if msg == unix.NFT_MSG_NEWTABLE {
		b.Uint32BE(unix.NFTA_TABLE_FLAGS, 0)
	}
}

func (b *batch) chain(fam fam, table, name string) {
	b.message(fam, unix.NFT_MSG_NEWCHAIN, unix.NLM_F_CREATE)
	b.String(unix.NFTA_CHAIN_TABLE, table)
	b.String(unix.NFTA_CHAIN_NAME, name)
}

func (b *batch) baseChain(fam fam, table, name string, hook uint32, priority int32) {
	b.chain(fam, table, name)
	b.Open(unix.NFTA_CHAIN_HOOK | nlmsg.Nested)
	b.Uint32BE(unix.NFTA_HOOK_HOOKNUM, hook)
	b.Uint32BE(unix.NFTA_HOOK_PRIORITY, uint32(priority))
	b.Close()
	b.Uint32BE(unix.NFTA_CHAIN_POLICY, accept)
	b.String(unix.NFTA_CHAIN_TYPE, "filter")
}

type set struct {
	name            string
	keyType, keyLen uint32
	dataType        uint32 // of a map, whose values have four bytes
	flags           uint32
}

func (b *batch) set(fam fam, table string, s set) {
	b.message(fam, unix.NFT_MSG_NEWSET, unix.NLM_F_CREATE)
	b.setID++
	b.String(unix.NFTA_SET_TABLE, table)
	b.String(unix.NFTA_SET_NAME, s.name)
	b.Uint32BE(unix.NFTA_SET_FLAGS, s.flags)
	b.Uint32BE(unix.NFTA_SET_KEY_TYPE, s.keyType)
	b.Uint32BE(unix.NFTA_SET_KEY_LEN, s.keyLen)
	b.Uint32BE(unix.NFTA_SET_ID, b.setID)
	if s.dataType != 0 {
		b.Uint32BE(unix.NFTA_SET_DATA_TYPE, s.dataType)
		b.Uint32BE(unix.NFTA_SET_DATA_LEN, 4)
	}
	if s.keyType == typeIndex {
		b.Attr(unix.NFTA_SET_USERDATA, hostOrder)
	}
}

// hostOrder tells the nft command that keys and values are in the machine's order, which
// it would not know of interfaces: two notes of a type, a length and a number.
var hostOrder = append(append([]byte{0, 4}, native32(1)...), append([]byte{1, 4}, native32(1)...)...)

// element adds one to a set, or deletes it.
func (b *batch) element(fam fam, msg int, table, set string, key, value []byte) {
	flags := uint16(0)
	if msg == unix.NFT_MSG_NEWSETELEM {
		flags = unix.NLM_F_CREATE
	}
	b.message(fam, msg, flags)
	b.String(unix.NFTA_SET_ELEM_LIST_TABLE, table)
	b.String(unix.NFTA_SET_ELEM_LIST_SET, set)
	b.Open(unix.NFTA_SET_ELEM_LIST_ELEMENTS | nlmsg.Nested)
	b.Open(unix.NFTA_LIST_ELEM | nlmsg.Nested)
	b.data(unix.NFTA_SET_ELEM_KEY, key)
	if value != nil {
		b.data(unix.NFTA_SET_ELEM_DATA, value)
	}
	b.Close()
	b.Close()
}

func (b *batch) data(kind uint16, v []byte) {
	b.Open(kind | nlmsg.Nested)
	b.Attr(unix.NFTA_DATA_VALUE, v)
	b.Close()
}

// rule adds a rule at the end of a chain, or in front of it. write writes its expressions.
func (b *batch) rule(fam fam, table, chain string, last bool, write func()) {
	flags := uint16(unix.NLM_F_CREATE)
	if last {
		flags |= unix.NLM_F_APPEND
	}
	b.message(fam, unix.NFT_MSG_NEWRULE, flags)
	b.String(unix.NFTA_RULE_TABLE, table)
	b.String(unix.NFTA_RULE_CHAIN, chain)
	b.Open(unix.NFTA_RULE_EXPRESSIONS | nlmsg.Nested)
	write()
	b.Close()
}
