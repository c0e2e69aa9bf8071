package agentx

import "encoding/binary"

// cursor reads a payload. After a fault it reads nothing but zeros.
type cursor struct {
	b   []byte
	o   binary.ByteOrder
	err error
}

var zeros [8]byte

// take is the next n bytes, n at most 8 unless they are there.
func (c *cursor) take(n int) []byte {
	if c.err != nil || n > len(c.b) {
		if c.err == nil {
			c.err = ErrShort
		}
		c.b = nil
		return zeros[:min(n, len(zeros))]
	}
	b := c.b[:n]
	c.b = c.b[n:]
	return b
}

func (c *cursor) u16() uint16 { return c.o.Uint16(c.take(2)) }
func (c *cursor) u32() uint32 { return c.o.Uint32(c.take(4)) }

// text reads bytes with their number, filled up to four.
func (c *cursor) text() string {
	n := uint64(c.u32())
	if n+(-n&3) > uint64(len(c.b)) {
		c.err = ErrShort
		return ""
	}
	s := string(c.take(int(n)))
	c.take(int(-n & 3))
	return s
}

// oid reads a name, and whether it is meant itself.
func (c *cursor) oid() (OID, bool) {
	head := c.take(4)
	n, prefix, include := int(head[0]), head[1], head[2] != 0
	size := n
	if prefix != 0 {
		size += len(internet) + 1
	}
	switch {
	case size > MaxSubIDs:
		c.err = ErrName
	case n*4 > len(c.b):
		c.err = ErrShort
	}
	if c.err != nil || size == 0 {
		return nil, include
	}
	o := make(OID, 0, size)
	if prefix != 0 {
		o = append(append(o, internet...), uint32(prefix))
	}
	for range n {
		o = append(o, c.u32())
	}
	return o, include
}

// Parse reads the payload that belongs to a header.
func (p *PDU) Parse(h Header, payload []byte) error {
	*p = PDU{Header: h}
	if uint64(len(payload)) != uint64(h.Length) {
		return ErrShort
	}
	c := &cursor{b: payload, o: h.order()}
	if h.Flags&NonDefaultContext != 0 && h.Type.hasContext() {
		p.Context = []byte(c.text())
	}
	switch h.Type {
	case Open:
		p.Timeout = c.take(4)[0]
		p.Name, _ = c.oid()
		p.Description = c.text()
	case Close:
		p.Reason = Reason(c.take(4)[0])
	case Register, Unregister:
		head := c.take(4)
		p.Timeout, p.Priority, p.RangeSubID = head[0], head[1], head[2]
		if p.Name, _ = c.oid(); p.RangeSubID != 0 {
			p.UpperBound = c.u32()
		}
	case GetBulk:
		p.NonRepeaters, p.MaxRepetitions = c.u16(), c.u16()
		p.ranges(c)
	case Get, GetNext:
		p.ranges(c)
	case TestSet, Notify:
		p.vars(c)
	case CommitSet, UndoSet, CleanupSet, Ping:
	case Response:
		p.Uptime = c.u32()
		p.Error, p.Index = Error(c.u16()), c.u16()
		p.vars(c)
	default:
		return ErrType
	}
	if c.err == nil && len(c.b) > 0 {
		return ErrTrail
	}
	return c.err
}

func (p *PDU) ranges(c *cursor) {
	for c.err == nil && len(c.b) > 0 {
		var r Range
		r.Start, r.Include = c.oid()
		r.End, _ = c.oid()
		p.Ranges = append(p.Ranges, r)
	}
}

func (p *PDU) vars(c *cursor) {
	for c.err == nil && len(c.b) > 0 {
		var v Variable
		v.Value.Kind = Kind(c.u16())
		c.take(2)
		v.Name, _ = c.oid()
		switch k := v.Value.Kind; k {
		case Integer, Counter32, Gauge32, TimeTicks:
			v.Value.Num = uint64(c.u32())
		case Counter64:
			v.Value.Num = c.o.Uint64(c.take(8))
		case OctetString, IPAddress, Opaque:
			v.Value.Bytes = c.text()
		case ObjectID:
			v.Value.Name, _ = c.oid()
		case Null, NoSuchObject, NoSuchInstance, EndOfMIBView:
		default:
			c.err = ErrType
		}
		p.Vars = append(p.Vars, v)
	}
}
