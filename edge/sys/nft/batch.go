package nft

import (
	"encoding/binary"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Batch is changes that belong together.
type Batch struct {
	nlmsg.Encoder
	seq, first uint32
	sets       uint32
	empty      bool
}

// Batch begins one.
func (c *Conn) Batch() *Batch {
	b := &Batch{seq: c.seq, first: c.seq + 1, empty: true}
	b.mark(unix.NFNL_MSG_BATCH_BEGIN)
	return b
}

func (b *Batch) mark(kind uint16) {
	b.seq++
	b.Message(nlmsg.Header{Type: kind, Flags: unix.NLM_F_REQUEST, Seq: b.seq})
	b.Raw(binary.BigEndian.AppendUint16([]byte{unix.AF_UNSPEC, unix.NFNETLINK_V0}, unix.NFNL_SUBSYS_NFTABLES)...)
}

func (b *Batch) message(msg int, flags uint16) {
	b.seq++
	b.empty = false
	b.Message(nlmsg.Header{Type: unix.NFNL_SUBSYS_NFTABLES<<8 | uint16(msg), Flags: unix.NLM_F_REQUEST | flags, Seq: b.seq})
	b.Raw(unix.NFPROTO_INET, unix.NFNETLINK_V0, 0, 0)
}

// dropTable makes the table, so that there is one, and deletes it.
func (b *Batch) dropTable() {
	b.message(unix.NFT_MSG_NEWTABLE, unix.NLM_F_CREATE)
	b.String(unix.NFTA_TABLE_NAME, tableName)
	b.message(unix.NFT_MSG_DELTABLE, 0)
	b.String(unix.NFTA_TABLE_NAME, tableName)
}

func (b *Batch) chain(msg int, flags uint16, name string) {
	b.message(msg, flags)
	b.String(unix.NFTA_CHAIN_TABLE, tableName)
	b.String(unix.NFTA_CHAIN_NAME, name)
}

func (b *Batch) natChain(name string, hook uint32) {
	dstnat := int32(-100) // NF_IP_PRI_NAT_DST
	b.chain(unix.NFT_MSG_NEWCHAIN, unix.NLM_F_CREATE, name)
	b.Open(unix.NFTA_CHAIN_HOOK | nlmsg.Nested)
	b.Uint32BE(unix.NFTA_HOOK_HOOKNUM, hook)
	b.Uint32BE(unix.NFTA_HOOK_PRIORITY, uint32(dstnat))
	b.Close()
	b.Uint32BE(unix.NFTA_CHAIN_POLICY, 1)
	b.String(unix.NFTA_CHAIN_TYPE, "nat")
}

// Types of keys, by which the nft command knows how to print them.
const (
	typeNumber = 19 // a mark: the command knows no length of plain integers, and stops
	typeIPv4   = 7
	typeIPv6   = 8
	typeProto  = 12
	typePort   = 13
)

// set is a set, or with NFT_SET_MAP a map to chains.
type set struct {
	name            string
	flags           uint32
	keyType, keyLen uint32
	timeout         uint64 // milliseconds
	size            uint32
	id              uint32
	hostKey         bool // numbers in the machine's order
}

func (b *Batch) set(s *set) {
	b.sets++
	s.id = b.sets
	b.message(unix.NFT_MSG_NEWSET, unix.NLM_F_CREATE)
	b.String(unix.NFTA_SET_TABLE, tableName)
	b.String(unix.NFTA_SET_NAME, s.name)
	b.Uint32BE(unix.NFTA_SET_FLAGS, s.flags)
	b.Uint32BE(unix.NFTA_SET_KEY_TYPE, s.keyType)
	b.Uint32BE(unix.NFTA_SET_KEY_LEN, s.keyLen)
	if s.flags&unix.NFT_SET_MAP != 0 {
		b.Uint32BE(unix.NFTA_SET_DATA_TYPE, unix.NFT_DATA_VERDICT)
	}
	b.Uint32BE(unix.NFTA_SET_ID, s.id)
	if s.timeout != 0 {
		b.Uint64BE(unix.NFTA_SET_TIMEOUT, s.timeout)
	}
	if s.size != 0 {
		b.Open(unix.NFTA_SET_DESC | nlmsg.Nested)
		b.Uint32BE(unix.NFTA_SET_DESC_SIZE, s.size)
		b.Close()
	}
	if s.hostKey {
		// A note for the nft command: a type, a length, a number.
		b.Attr(unix.NFTA_SET_USERDATA, append([]byte{0, 4}, native(1)...))
	}
}

// item is an element of a map.
type item struct {
	key   []byte
	chain string
}

// perMessage is how many elements an attribute holds with room to spare.
const perMessage = 400

// elements adds elements to a map, or deletes them.
func (b *Batch) elements(msg int, name string, id uint32, items []item) {
	for len(items) > 0 {
		part := items[:min(len(items), perMessage)]
		items = items[len(part):]
		flags := uint16(0)
		if msg == unix.NFT_MSG_NEWSETELEM {
			flags = unix.NLM_F_CREATE
		}
		b.message(msg, flags)
		b.String(unix.NFTA_SET_ELEM_LIST_TABLE, tableName)
		b.String(unix.NFTA_SET_ELEM_LIST_SET, name)
		if id != 0 {
			b.Uint32BE(unix.NFTA_SET_ELEM_LIST_SET_ID, id)
		}
		b.Open(unix.NFTA_SET_ELEM_LIST_ELEMENTS | nlmsg.Nested)
		for _, i := range part {
			b.Open(unix.NFTA_LIST_ELEM | nlmsg.Nested)
			b.data(unix.NFTA_SET_ELEM_KEY, i.key)
			if i.chain != "" {
				b.Open(unix.NFTA_SET_ELEM_DATA | nlmsg.Nested)
				b.jump(i.chain)
				b.Close()
			}
			b.Close()
		}
		b.Close()
	}
}

func native(v uint32) []byte { return binary.NativeEndian.AppendUint32(nil, v) }

func (b *Batch) data(kind uint16, v []byte) {
	b.Open(kind | nlmsg.Nested)
	b.Attr(unix.NFTA_DATA_VALUE, v)
	b.Close()
}

// jump is the verdict that goes on in another chain.
func (b *Batch) jump(chain string) {
	b.Open(unix.NFTA_DATA_VERDICT | nlmsg.Nested)
	verdict := int32(unix.NFT_GOTO)
	b.Uint32BE(unix.NFTA_VERDICT_CODE, uint32(verdict))
	b.String(unix.NFTA_VERDICT_CHAIN, chain)
	b.Close()
}

func (b *Batch) rule(chain string, write func()) {
	b.message(unix.NFT_MSG_NEWRULE, unix.NLM_F_CREATE|unix.NLM_F_APPEND)
	b.String(unix.NFTA_RULE_TABLE, tableName)
	b.String(unix.NFTA_RULE_CHAIN, chain)
	b.Open(unix.NFTA_RULE_EXPRESSIONS | nlmsg.Nested)
	write()
	b.Close()
}
