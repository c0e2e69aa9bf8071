package agentx

import (
	"encoding/binary"
	"errors"
	"slices"
)

var be = binary.BigEndian

// Append writes the PDU in network byte order.
func (p *PDU) Append(dst []byte) ([]byte, error) {
	at := len(dst)
	h := &p.Header
	flags := h.Flags&^NonDefaultContext | NetworkByteOrder
	if p.Context != nil && p.Type.hasContext() {
		flags |= NonDefaultContext
	}
	dst = append(dst, 1, byte(h.Type), byte(flags), 0)
	for _, n := range [...]uint32{h.Session, h.Transaction, h.Packet, 0} {
		dst = be.AppendUint32(dst, n)
	}
	if flags&NonDefaultContext != 0 {
		dst = appendString(dst, string(p.Context))
	}
	dst, err := p.appendBody(dst)
	if err != nil {
		return dst[:at], err
	}
	size := len(dst) - at - HeaderSize
	if size > MaxPayload {
		return dst[:at], ErrLong
	}
	be.PutUint32(dst[at+16:], uint32(size))
	return dst, nil
}

func (p *PDU) appendBody(dst []byte) ([]byte, error) {
	var err error
	switch p.Type {
	case Open:
		dst = append(dst, p.Timeout, 0, 0, 0)
		if dst, err = appendOID(dst, p.Name, false); err == nil {
			dst = appendString(dst, p.Description)
		}
	case Close:
		dst = append(dst, byte(p.Reason), 0, 0, 0)
	case Register, Unregister:
		timeout := p.Timeout
		if p.Type == Unregister {
			timeout = 0
		}
		dst = append(dst, timeout, p.Priority, p.RangeSubID, 0)
		if dst, err = appendOID(dst, p.Name, false); err == nil && p.RangeSubID != 0 {
			dst = be.AppendUint32(dst, p.UpperBound)
		}
	case Get, GetNext, GetBulk:
		if p.Type == GetBulk {
			dst = be.AppendUint16(be.AppendUint16(dst, p.NonRepeaters), p.MaxRepetitions)
		}
		for i := range p.Ranges {
			r := &p.Ranges[i]
			if dst, err = appendOID(dst, r.Start, r.Include); err != nil {
				return dst, err
			}
			if dst, err = appendOID(dst, r.End, false); err != nil {
				return dst, err
			}
		}
	case TestSet, Notify:
		dst, err = appendVars(dst, p.Vars)
	case CommitSet, UndoSet, CleanupSet, Ping:
	case Response:
		dst = be.AppendUint32(dst, p.Uptime)
		dst = be.AppendUint16(be.AppendUint16(dst, uint16(p.Error)), p.Index)
		dst, err = appendVars(dst, p.Vars)
	default:
		err = ErrType
	}
	return dst, err
}

// hasContext tells whether a context may stand in a PDU.
func (t Type) hasContext() bool { return t != Open && t != Close && t != Response }

func appendVars(dst []byte, vars []Variable) ([]byte, error) {
	var err error
	for i := range vars {
		v := &vars[i].Value
		dst = append(be.AppendUint16(dst, uint16(v.Kind)), 0, 0)
		if dst, err = appendOID(dst, vars[i].Name, false); err != nil {
			return dst, err
		}
		switch v.Kind {
		case Integer, Counter32, Gauge32, TimeTicks:
			dst = be.AppendUint32(dst, uint32(v.Num))
		case Counter64:
			dst = be.AppendUint64(dst, v.Num)
		case OctetString, IPAddress, Opaque:
			dst = appendString(dst, v.Bytes)
		case ObjectID:
			if dst, err = appendOID(dst, v.Name, false); err != nil {
				return dst, err
			}
		case Null, NoSuchObject, NoSuchInstance, EndOfMIBView:
		default:
			return dst, errors.New("agentx: a variable has no value")
		}
	}
	return dst, nil
}

// appendOID writes a name; one below internet in the short form (section 5.1).
func appendOID(dst []byte, o OID, include bool) ([]byte, error) {
	if len(o) > MaxSubIDs {
		return dst, ErrName
	}
	prefix := byte(0)
	if len(o) > 4 && slices.Equal(o[:4], internet) && o[4] > 0 && o[4] < 256 {
		prefix, o = byte(o[4]), o[5:]
	}
	flag := byte(0)
	if include {
		flag = 1
	}
	dst = append(dst, byte(len(o)), prefix, flag, 0)
	for _, n := range o {
		dst = be.AppendUint32(dst, n)
	}
	return dst, nil
}

// appendString writes bytes with their number, filled up to four.
func appendString(dst []byte, s string) []byte {
	dst = append(be.AppendUint32(dst, uint32(len(s))), s...)
	for range -len(s) & 3 {
		dst = append(dst, 0)
	}
	return dst
}
