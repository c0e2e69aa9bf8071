package config

import (
	"net"
	"strings"
)

func useVMAC(r *reader, w []string) {
	v := &r.vi.VMAC
	v.Use = true
	for i := 1; i < len(w); i++ {
		word := w[i]
		switch {
		case word == "netlink_notify_msg":
		case word == "group" && i+1 < len(w):
			if n, ok := r.uint(w[i+1], 0, 1<<32-1, hard); ok {
				v.Group = n
			}
			i++
		case word == "name" && i+1 < len(w):
			i++
			r.vmacName(w[i])
		case strings.Contains(word, ":"):
			r.vmacAddr(word)
		case v.Name != "" && v.HasMAC:
			return // keepalived looks at no more than these two
		default:
			r.vmacName(word)
		}
	}
}

func (r *reader) vmacName(name string) {
	v := &r.vi.VMAC
	i, found := r.host.Interface(name)
	switch {
	case v.Name != "":
		r.err("VMAC interface name already specified")
	case len(name) > maxIfName || strings.ContainsAny(name, "/ :\t"):
		r.err("VMAC interface name '%s' too long or invalid characters - ignoring", name)
	case found && !i.VMAC:
		r.err("(%s) interface %s already exists and is not a private macvlan; ignoring vmac if_name", r.vi.Name, name)
	default:
		v.Name = name
	}
}

// vmacAddr reads a MAC address. The last of its bytes may be left to the virtual router id.
func (r *reader) vmacAddr(text string) {
	v := &r.vi.VMAC
	short := strings.Count(text, ":") == 4
	full := text
	if short {
		full += ":00"
	}
	mac, err := net.ParseMAC(full)
	switch {
	case v.HasMAC:
		r.err("VMAC interface address already specified")
	case err != nil || len(mac) != 6:
		r.err("VMAC invalid MAC address %s - ignored", text)
	case mac[0]&1 != 0:
		r.err("VMAC MAC address is multicast %s - ignoring", text)
	case mac[0] == 0 && mac[1] == 0 && mac[2] == 0x5e && mac[3] == 0 && (mac[4] == 1 || mac[4] == 2):
		r.err("VMAC MAC address not allowed to be RFC5798 address (%s) - ignoring", text)
	default:
		v.HasMAC, v.MACWithVRID = true, short
		copy(v.MAC[:], mac)
	}
}

func useIPVLAN(r *reader, w []string) {
	v := &r.vi.VMAC
	if v.IPVLAN {
		r.err("(%s) use_ipvlan already specified", r.vi.Name)
		return
	}
	v.Use, v.IPVLAN = true, true
	for _, word := range w[1:] {
		if word == "bridge" || word == "private" || word == "vepa" {
			if v.IPVLANType != "" {
				r.err("(%s) ipvlan type already specified - ignoring '%s'", r.vi.Name, word)
				continue
			}
			v.IPVLANType = word
			continue
		}
		text, _, _ := strings.Cut(word, "/")
		if a, ok := addr(text); ok {
			switch {
			case v.IPVLANAddr.IsValid():
				r.err("(%s) ipvlan address already specified - ignoring '%s'", r.vi.Name, word)
			case r.vi.family != 0 && r.vi.family != familyOf(a):
				r.err("(%s) ipvlan address[%s] MUST match vrrp instance family !!! Skipping...", r.vi.Name, word)
			default:
				v.IPVLANAddr = a
				r.vi.setFamily(a)
			}
			continue
		}
		_, found := r.host.Interface(word)
		switch {
		case v.Name != "":
			r.err("(%s) IPVLAN interface already specified - ignoring '%s'", r.vi.Name, word)
		case len(word) > maxIfName:
			r.err("(%s) IPVLAN interface name '%s' too long - ignoring", r.vi.Name, word)
		case found:
			r.err("(%s) interface %s already exists and is not an l2 ipvlan; ignoring ipvlan if_name", r.vi.Name, word)
		default:
			v.Name = word
		}
	}
}
