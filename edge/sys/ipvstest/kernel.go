// Package ipvstest stands for a kernel that has IPVS, in tests of what speaks to it:
// it takes requests as the kernel does, by the numbers and lengths of its policy, and
// keeps services and destinations as it was told them.
package ipvstest

import (
	"encoding/binary"
	"fmt"
	"slices"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Kernel answers requests. Its Exchange is an ipvs.Exchange.
type Kernel struct {
	Absent   bool                 // there is no ip_vs
	Refuse   map[uint8]unix.Errno // by command
	Log      []string             // what was asked, in short
	Services []*Service
	Daemons  []map[uint16][]byte
	Timeouts map[uint16]uint32
}

// Service is one as it was told, attribute by attribute, with its destinations.
type Service struct {
	Attrs map[uint16][]byte
	Dests []map[uint16][]byte
	Stats [5]uint64 // for the service and each destination
}

const (
	familyID = 0x21
	multi    = unix.NLM_F_MULTI
)

// Lengths that the kernel's policy has; a text has at most so many and a zero.
var (
	serviceLen = map[uint16]int{1: 2, 2: 2, 3: 16, 4: 2, 5: 4, 6: -15, 7: 8, 8: 4, 9: 4, 11: -16}
	destLen    = map[uint16]int{1: 16, 2: 2, 3: 4, 4: 4, 5: 4, 6: 4, 11: 2, 13: 1, 14: 2, 15: 2}
	daemonLen  = map[uint16]int{1: 4, 2: -15, 3: 4, 4: 2, 5: 4, 6: 16, 7: 2, 8: 1}
)

func read(v []byte, lengths map[uint16]int) (map[uint16][]byte, bool) {
	all := map[uint16][]byte{}
	for kind, v := range nlmsg.Attrs(v) {
		n, known := lengths[kind]
		if !known || n > 0 && len(v) != n || n < 0 && (len(v) > 1-n || len(v) == 0 || v[len(v)-1] != 0) {
			return nil, false
		}
		all[kind] = slices.Clone(v)
	}
	return all, true
}

func has(all map[uint16][]byte, kinds ...uint16) bool {
	return !slices.ContainsFunc(kinds, func(k uint16) bool { return all[k] == nil })
}

func keyOf(s map[uint16][]byte) (string, bool) {
	switch {
	case !has(s, 1):
		return "", false
	case has(s, 5):
		return fmt.Sprintf("mark %x %x", s[5], s[1]), true
	}
	return fmt.Sprintf("%x %x %x %x", s[1], s[2], s[3], s[4]), has(s, 2, 3, 4)
}

// Exchange is what a socket would do.
func (k *Kernel) Exchange(request []byte) ([]byte, error) {
	h, body, rest, err := nlmsg.Next(request)
	if err != nil || len(rest) > 0 || len(body) < 4 || h.Flags&unix.NLM_F_REQUEST == 0 {
		return nil, fmt.Errorf("not a request: %x", request)
	}
	var out nlmsg.Encoder
	message := func(cmd uint8, flags uint16) {
		out.Message(nlmsg.Header{Type: familyID, Flags: flags, Seq: h.Seq})
		out.Raw(cmd, 1, 0, 0)
	}
	errno := unix.Errno(0)
	switch {
	case h.Type == unix.GENL_ID_CTRL && body[0] == unix.CTRL_CMD_GETFAMILY:
		if errno = unix.ENOENT; !k.Absent {
			errno = 0
			out.Message(nlmsg.Header{Type: unix.GENL_ID_CTRL, Seq: h.Seq})
			out.Raw(1, 2, 0, 0)
			out.String(unix.CTRL_ATTR_FAMILY_NAME, "IPVS")
			out.Uint16(unix.CTRL_ATTR_FAMILY_ID, familyID)
		}
	case h.Type != familyID || body[1] != 1:
		errno = unix.EOPNOTSUPP
	case k.Refuse[body[0]] != 0:
		errno = k.Refuse[body[0]]
	default:
		errno = k.do(body[0], body[4:], &out, message)
	}
	end := binary.NativeEndian.AppendUint32(nil, uint32(-int32(errno)))
	if h.Flags&unix.NLM_F_DUMP == unix.NLM_F_DUMP && errno == 0 {
		out.Message(nlmsg.Header{Type: unix.NLMSG_DONE, Flags: multi, Seq: h.Seq})
		out.Raw(end...)
	} else {
		out.Message(nlmsg.Header{Type: unix.NLMSG_ERROR, Seq: h.Seq})
		out.Raw(append(end, request[:nlmsg.HeaderSize]...)...)
	}
	return slices.Clone(out.Bytes()), nil
}

func (k *Kernel) find(key string) int {
	return slices.IndexFunc(k.Services, func(s *Service) bool {
		have, _ := keyOf(s.Attrs)
		return have == key
	})
}
