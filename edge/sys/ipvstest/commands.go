package ipvstest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

var names = map[uint8]string{1: "new service", 2: "set service", 3: "del service", 5: "new dest", 6: "set dest", 7: "del dest",
	9: "new daemon", 10: "del daemon", 12: "set config", 16: "zero", 17: "flush"}

// do does one command of the family.
func (k *Kernel) do(cmd uint8, attrs []byte, out *nlmsg.Encoder, message func(uint8, uint16)) unix.Errno {
	var service, dest, daemon map[uint16][]byte
	timeouts := map[uint16]uint32{}
	for kind, v := range nlmsg.Attrs(attrs) {
		ok := true
		switch kind {
		case 1:
			service, ok = read(v, serviceLen)
		case 2:
			dest, ok = read(v, destLen)
		case 3:
			daemon, ok = read(v, daemonLen)
		case 4, 5, 6:
			timeouts[kind], ok = nlmsg.Uint32(v), len(v) == 4
		default:
			ok = false
		}
		if !ok {
			return unix.EINVAL
		}
	}
	if name := names[cmd]; name != "" {
		if dest != nil {
			name += fmt.Sprintf(" %d", binary.BigEndian.Uint16(dest[2]))
		}
		k.Log = append(k.Log, name)
	}
	switch cmd {
	case 1, 2, 3, 5, 6, 7, 8:
		key, ok := keyOf(service)
		if !ok {
			return unix.EINVAL
		}
		return k.services(cmd, key, service, dest, out, message)
	case 4:
		for _, s := range k.Services {
			message(1, multi)
			out.Open(1 | nlmsg.Nested)
			write(out, s.Attrs)
			stats(out, 10, 12, s.Stats)
			out.Close()
		}
	case 9:
		if !has(daemon, 1, 2, 3) {
			return unix.EINVAL
		}
		k.Daemons = append(k.Daemons, daemon)
	case 10:
		i := slices.IndexFunc(k.Daemons, func(d map[uint16][]byte) bool { return bytes.Equal(d[1], daemon[1]) })
		if i < 0 {
			return unix.ESRCH
		}
		k.Daemons = slices.Delete(k.Daemons, i, i+1)
	case 11:
		for _, d := range k.Daemons {
			message(9, multi)
			out.Open(3 | nlmsg.Nested)
			write(out, d)
			out.Close()
		}
	case 12:
		maps.Copy(k.timeouts(), timeouts)
	case 13:
		message(12, 0)
		for _, kind := range slices.Sorted(maps.Keys(k.timeouts())) {
			out.Uint32(kind, k.Timeouts[kind])
		}
	case 15:
		message(14, 0)
		out.Uint32(1, 0x010201)
		out.Uint32(2, 4096)
	case 16:
	case 17:
		k.Services = nil
	default:
		return unix.EOPNOTSUPP
	}
	return 0
}

func (k *Kernel) services(cmd uint8, key string, service, dest map[uint16][]byte, out *nlmsg.Encoder, message func(uint8, uint16)) unix.Errno {
	i := k.find(key)
	switch {
	case cmd == 1 && i >= 0:
		return unix.EEXIST
	case cmd != 1 && i < 0:
		return unix.ESRCH
	case (cmd == 1 || cmd == 2) && !has(service, 6, 7, 8, 9):
		return unix.EINVAL
	case cmd == 1 || cmd == 2:
		// A mask comes with the flags; what is kept has the kernel's own flag.
		flags := nlmsg.Uint32(service[7]) & binary.NativeEndian.Uint32(service[7][4:])
		service[7] = append(binary.NativeEndian.AppendUint32(nil, flags|2), 0xff, 0xff, 0xff, 0xff)
		if cmd == 2 {
			k.Services[i].Attrs = service
		} else {
			k.Services = append([]*Service{{Attrs: service}}, k.Services...)
		}
		return 0
	case cmd == 3:
		k.Services = slices.Delete(k.Services, i, i+1)
		return 0
	}
	s := k.Services[i]
	if cmd == 8 {
		for _, d := range s.Dests {
			message(5, multi)
			out.Open(2 | nlmsg.Nested)
			write(out, d)
			for kind, n := range map[uint16]uint32{7: 3, 8: 4, 9: 5} {
				out.Uint32(kind, n)
			}
			stats(out, 10, 12, s.Stats)
			out.Close()
		}
		return 0
	}
	if !has(dest, 1, 2) {
		return unix.EINVAL
	}
	at := slices.IndexFunc(s.Dests, func(d map[uint16][]byte) bool {
		return bytes.Equal(d[1], dest[1]) && bytes.Equal(d[2], dest[2])
	})
	switch {
	case cmd == 5 && at >= 0:
		return unix.EEXIST
	case cmd != 5 && at < 0:
		return unix.ENOENT
	case cmd == 7:
		s.Dests = slices.Delete(s.Dests, at, at+1)
	case !has(dest, 3, 4, 5, 6):
		return unix.EINVAL
	case cmd == 5:
		s.Dests = append([]map[uint16][]byte{dest}, s.Dests...)
	default:
		s.Dests[at] = dest
	}
	return 0
}

func write(out *nlmsg.Encoder, attrs map[uint16][]byte) {
	for _, kind := range slices.Sorted(maps.Keys(attrs)) {
		out.Attr(kind, attrs[kind])
	}
}

// stats are written twice: short, with what doesn't fit cut off, and long.
func stats(out *nlmsg.Encoder, short, long uint16, n [5]uint64) {
	out.Open(short | nlmsg.Nested)
	for i, v := range n {
		if i < 3 {
			out.Uint32(uint16(i+1), uint32(v))
		} else {
			out.Attr(uint16(i+1), binary.NativeEndian.AppendUint64(nil, v))
		}
	}
	out.Close()
	out.Open(long | nlmsg.Nested)
	for i, v := range n {
		out.Attr(uint16(i+1), binary.NativeEndian.AppendUint64(nil, v))
	}
	out.Close()
}

func (k *Kernel) timeouts() map[uint16]uint32 {
	if k.Timeouts == nil {
		k.Timeouts = map[uint16]uint32{4: 900, 5: 120, 6: 300}
	}
	return k.Timeouts
}
