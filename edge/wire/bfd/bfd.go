// Package bfd is the codec of Bidirectional Forwarding Detection, version 1 (RFC 5880
// section 4.1): control packets without authentication. What a session makes of them
// is not decided here.
package bfd

import (
	"encoding/binary"
	"errors"
	"time"
)

const (
	Port         = 3784 // RFC 5881: one hop
	PortMultihop = 4784 // RFC 5883
	Size         = 24   // of a packet without authentication

	version = 1
)

// State is a session's.
type State uint8

// The states.
const (
	AdminDown State = iota
	Down
	Init
	Up
)

// String is the name in RFC 5880.
func (s State) String() string { return [...]string{"AdminDown", "Down", "Init", "Up"}[s&3] }

// Diag is why a session went down last.
type Diag uint8

// The reasons that are used without echo and demand mode.
const (
	NoDiag            Diag = 0
	Expired           Diag = 1
	NeighborDown      Diag = 3
	AdministratorDown Diag = 7
)

var diags = [...]string{"No Diagnostic", "Control Detection Time Expired", "Echo Function Failed", "Neighbor Signaled Session Down",
	"Forwarding Plane Reset", "Path Down", "Concatenated Path Down", "Administratively Down", "Reverse Concatenated Path Down"}

// String is the text in RFC 5880.
func (d Diag) String() string {
	if int(d) < len(diags) {
		return diags[d]
	}
	return "Unknown"
}

// Flags of a packet.
type Flags uint8

// The flags.
const (
	Poll       Flags = 0x20 // the sender wants an answer with Final
	Final      Flags = 0x10
	Separate   Flags = 0x08 // control plane independent
	Auth       Flags = 0x04
	Demand     Flags = 0x02
	Multipoint Flags = 0x01
)

// Packet is a control packet.
type Packet struct {
	Diag          Diag
	State         State
	Flags         Flags
	Multiplier    uint8
	Mine, Yours   uint32 // discriminators: names of the session on both sides
	MinTx         time.Duration
	MinRx, MinRxE time.Duration // MinRxE: of echo packets
}

// Faults of Parse: what RFC 5880 section 6.8.6 has a receiver discard before it looks for the session.
var (
	ErrShort         = errors.New("shorter than a control packet")
	ErrVersion       = errors.New("not version 1")
	ErrLength        = errors.New("bad length")
	ErrMultiplier    = errors.New("detection multiplier is 0")
	ErrMultipoint    = errors.New("multipoint bit is set")
	ErrDiscriminator = errors.New("discriminator is 0")
	ErrAuth          = errors.New("authentication is not in use")
)

// Append writes the packet. Times are in microseconds.
func (p *Packet) Append(dst []byte) []byte {
	dst = append(dst, version<<5|byte(p.Diag)&0x1f, byte(p.State)<<6|byte(p.Flags)&0x3f, p.Multiplier, Size)
	dst = binary.BigEndian.AppendUint32(dst, p.Mine)
	dst = binary.BigEndian.AppendUint32(dst, p.Yours)
	for _, d := range [...]time.Duration{p.MinTx, p.MinRx, p.MinRxE} {
		dst = binary.BigEndian.AppendUint32(dst, uint32(d/time.Microsecond))
	}
	return dst
}

// Parse reads a packet. What follows it, by its own length, is left alone.
func (p *Packet) Parse(b []byte) error {
	if len(b) < Size {
		return ErrShort
	}
	micro := func(at int) time.Duration { return time.Duration(binary.BigEndian.Uint32(b[at:])) * time.Microsecond }
	*p = Packet{Diag: Diag(b[0] & 0x1f), State: State(b[1] >> 6), Flags: Flags(b[1] & 0x3f), Multiplier: b[2],
		Mine: binary.BigEndian.Uint32(b[4:]), Yours: binary.BigEndian.Uint32(b[8:]), MinTx: micro(12), MinRx: micro(16), MinRxE: micro(20)}
	switch n := int(b[3]); {
	case b[0]>>5 != version:
		return ErrVersion
	case n < Size || n > len(b):
		return ErrLength
	case p.Multiplier == 0:
		return ErrMultiplier
	case p.Flags&Multipoint != 0:
		return ErrMultipoint
	case p.Mine == 0, p.Yours == 0 && p.State != Down && p.State != AdminDown:
		return ErrDiscriminator
	case p.Flags&Auth != 0:
		return ErrAuth
	}
	return nil
}
