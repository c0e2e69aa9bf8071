package agentx

import (
	"encoding/binary"
	"errors"
)

// Type is that of a PDU (section 6.1).
type Type uint8

// The types.
const (
	Open       Type = 1
	Close      Type = 2
	Register   Type = 3
	Unregister Type = 4
	Get        Type = 5
	GetNext    Type = 6
	GetBulk    Type = 7
	TestSet    Type = 8
	CommitSet  Type = 9
	UndoSet    Type = 10
	CleanupSet Type = 11
	Notify     Type = 12
	Ping       Type = 13
	Response   Type = 18
)

// Flags of a header.
type Flags uint8

// The flags.
const (
	InstanceRegistration Flags = 0x01 // of Register: the subtree is one whole name
	NonDefaultContext    Flags = 0x08 // a context stands before the rest
	NetworkByteOrder     Flags = 0x10
)

// Reason is why a session is closed.
type Reason uint8

// The reasons that are used.
const (
	ReasonOther    Reason = 1
	ReasonProtocol Reason = 3
	ReasonShutdown Reason = 5
)

// Error is what a Response says. Those below 256 are SNMP's.
type Error uint16

// The errors.
const (
	NoError             Error = 0
	GenErr              Error = 5
	NoAccess            Error = 6
	WrongType           Error = 7
	WrongValue          Error = 10
	NoCreation          Error = 11
	ResourceUnavailable Error = 13
	CommitFailed        Error = 14
	UndoFailed          Error = 15
	NotWritable         Error = 17
	OpenFailed          Error = 256
	NotOpen             Error = 257
	UnsupportedContext  Error = 262
	DuplicateRegister   Error = 263
	UnknownRegister     Error = 264
	ParseError          Error = 266
	RequestDenied       Error = 267
	ProcessingError     Error = 268
)

// What bounds a PDU. A master's requests are small; what is longer is not for us.
const (
	HeaderSize = 20
	MaxPayload = 1 << 20
	MaxSubIDs  = 128 // of a name (RFC 3416 section 4.1)
)

// Faults of bytes that are no PDU.
var (
	ErrShort   = errors.New("agentx: shorter than it says")
	ErrVersion = errors.New("agentx: not version 1")
	ErrLong    = errors.New("agentx: payload too long")
	ErrType    = errors.New("agentx: unknown type")
	ErrName    = errors.New("agentx: name too long")
	ErrTrail   = errors.New("agentx: bytes are left over")
)

// Header stands before every PDU.
type Header struct {
	Type        Type
	Flags       Flags
	Session     uint32
	Transaction uint32
	Packet      uint32
	Length      uint32 // of the payload; Append fills it in
}

func (h *Header) order() binary.ByteOrder {
	if h.Flags&NetworkByteOrder != 0 {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// ParseHeader reads the first HeaderSize bytes of a PDU. Its Length is no more than
// MaxPayload.
func ParseHeader(b []byte) (Header, error) {
	if len(b) < HeaderSize {
		return Header{}, ErrShort
	}
	h := Header{Type: Type(b[1]), Flags: Flags(b[2])}
	o := h.order()
	h.Session, h.Transaction, h.Packet, h.Length = o.Uint32(b[4:]), o.Uint32(b[8:]), o.Uint32(b[12:]), o.Uint32(b[16:])
	switch {
	case b[0] != 1:
		return h, ErrVersion
	case h.Length > MaxPayload:
		return h, ErrLong
	case h.Length%4 != 0:
		return h, ErrShort
	}
	return h, nil
}

// PDU is a message. Behind each field stands who has it.
type PDU struct {
	Header
	Context []byte // all but Open, Close and Response; nil: the default

	Timeout        uint8      // Open, Register: seconds; 0: the master's
	Priority       uint8      // Register, Unregister: the lowest is asked
	RangeSubID     uint8      // Register, Unregister: which sub-identifier is a range; 0: none
	UpperBound     uint32     // and its end
	Name           OID        // Open: who it is; Register, Unregister: the subtree
	Description    string     // Open
	Reason         Reason     // Close
	Ranges         []Range    // Get, GetNext, GetBulk
	NonRepeaters   uint16     // GetBulk
	MaxRepetitions uint16     // GetBulk
	Uptime         uint32     // Response: sysUpTime, hundredths of a second
	Error          Error      // Response
	Index          uint16     // Response: of the variable that the error is about, from 1
	Vars           []Variable // TestSet, Notify, Response
}

// Range is what a Get, GetNext or GetBulk asks for: the variable named Start, or the
// first one behind it. End is where GetNext is to stop; empty: nowhere.
type Range struct {
	Start   OID
	Include bool // Start itself will do
	End     OID
}

// Variable is a name and its value: a VarBind.
type Variable struct {
	Name  OID
	Value Value
}
