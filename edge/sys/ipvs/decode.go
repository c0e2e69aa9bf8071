package ipvs

import (
	"encoding/binary"
	"errors"
	"math/bits"
	"net/netip"
	"time"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

var errShort = errors.New("an answer is incomplete")

func addr(v []byte, af uint16) (netip.Addr, error) {
	n := 4
	if af == unix.AF_INET6 {
		n = 16
	}
	if len(v) < n {
		return netip.Addr{}, errShort
	}
	a, _ := netip.AddrFromSlice(v[:n])
	return a, nil
}

func bigEndian(v []byte) uint16 {
	if len(v) < 2 {
		return 0
	}
	return binary.BigEndian.Uint16(v)
}

// number is a statistic, of 32 or 64 bits.
func number(v []byte) uint64 {
	if len(v) >= 8 {
		return binary.NativeEndian.Uint64(v)
	}
	return uint64(nlmsg.Uint32(v))
}

func parseStats(v []byte) (s Stats) {
	for kind, v := range nlmsg.Attrs(v) {
		switch kind {
		case statConns:
			s.Conns = number(v)
		case statIn:
			s.In = number(v)
		case statOut:
			s.Out = number(v)
		case statBytesIn:
			s.BytesIn = number(v)
		case statBytesOut:
			s.BytesOut = number(v)
		}
	}
	return s
}

func parseService(v []byte) (s Service, err error) {
	var af uint16
	var rawAddr, rawMask, stats, stats64 []byte
	for kind, v := range nlmsg.Attrs(v) {
		switch kind {
		case svcFamily:
			af = nlmsg.Uint16(v)
		case svcProtocol:
			s.Protocol = uint8(nlmsg.Uint16(v))
		case svcAddr:
			rawAddr = v
		case svcPort:
			s.Port = bigEndian(v)
		case svcFwMark:
			s.FwMark = nlmsg.Uint32(v)
		case svcScheduler:
			s.Scheduler = nlmsg.String(v)
		case svcFlags:
			s.Flags = nlmsg.Uint32(v) &^ hashed
		case svcTimeout:
			s.Timeout = time.Duration(nlmsg.Uint32(v)) * time.Second
		case svcNetmask:
			rawMask = v
		case svcEngine:
			s.Engine = nlmsg.String(v)
		case svcStats:
			stats = v
		case svcStats64:
			stats64 = v
		}
	}
	if len(rawMask) < 4 || s.Scheduler == "" {
		return s, errShort
	}
	six := af == unix.AF_INET6
	if s.FwMark != 0 {
		s.V6 = six
	} else if s.Addr, err = addr(rawAddr, af); err != nil {
		return s, err
	}
	if s.Bits = bits.OnesCount32(binary.BigEndian.Uint32(rawMask)); six {
		s.Bits = int(nlmsg.Uint32(rawMask))
	}
	if stats64 != nil {
		stats = stats64
	}
	s.Stats = parseStats(stats)
	return s, nil
}

// parseDest reads a destination; one of a kernel before 3.18 is of the family of its
// service.
func parseDest(v []byte, six bool) (d Dest, err error) {
	af := family(six)
	var rawAddr, stats, stats64 []byte
	var port uint16
	for kind, v := range nlmsg.Attrs(v) {
		switch kind {
		case destAddr:
			rawAddr = v
		case destPort:
			port = bigEndian(v)
		case destMethod:
			d.Method = nlmsg.Uint32(v) & methodMask
		case destWeight:
			d.Weight = int32(nlmsg.Uint32(v))
		case destUpper:
			d.Upper = nlmsg.Uint32(v)
		case destLower:
			d.Lower = nlmsg.Uint32(v)
		case destActive:
			d.Active = nlmsg.Uint32(v)
		case destInactive:
			d.Inactive = nlmsg.Uint32(v)
		case destPersistent:
			d.Persistent = nlmsg.Uint32(v)
		case destFamily:
			af = nlmsg.Uint16(v)
		case destTunnel:
			d.Tunnel = nlmsg.Uint8(v)
		case destTunnelPort:
			d.TunnelPort = bigEndian(v)
		case destTunnelFlags:
			d.TunnelFlags = nlmsg.Uint16(v)
		case destStats:
			stats = v
		case destStats64:
			stats64 = v
		}
	}
	a, err := addr(rawAddr, af)
	if err != nil {
		return d, err
	}
	d.Addr = netip.AddrPortFrom(a, port)
	if stats64 != nil {
		stats = stats64
	}
	d.Stats = parseStats(stats)
	return d, nil
}

func parseDaemon(v []byte) (d Daemon) {
	for kind, v := range nlmsg.Attrs(v) {
		switch kind {
		case daemonState:
			d.State = nlmsg.Uint32(v)
		case daemonInterface:
			d.Interface = nlmsg.String(v)
		case daemonID:
			d.ID = nlmsg.Uint32(v)
		case daemonMaxLen:
			d.MaxLen = nlmsg.Uint16(v)
		case daemonGroup:
			d.Group, _ = addr(v, unix.AF_INET)
		case daemonGroup6:
			d.Group, _ = addr(v, unix.AF_INET6)
		case daemonPort:
			d.Port = nlmsg.Uint16(v)
		case daemonTTL:
			d.TTL = nlmsg.Uint8(v)
		}
	}
	return d
}
