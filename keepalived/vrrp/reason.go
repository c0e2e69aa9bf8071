package vrrp

import "fmt"

// tellFaults logs why an instance starts in FAULT.
func (in *Instance) tellFaults() {
	name := in.Conf.Name
	for i := range in.followed {
		f := &in.followed[i]
		if fault, _ := f.bad(); !fault {
			continue
		}
		switch f.of.Kind {
		case Interface:
			in.log(Info, "(%s): entering FAULT state (interface %s down)", name, f.of.Name)
		case Script:
			in.log(Info, "(%s): entering FAULT state due to script %s", name, f.of.Name)
		case Process:
			in.log(Info, "(%s) entering FAULT state (tracked process %s quorum not achieved)", name, f.of.Name)
		case File:
			in.log(Info, "(%s): entering FAULT state (tracked file %s has status %d)", name, f.of.Name, f.object.value)
		default:
			in.log(Info, "(%s): entering FAULT state (%s)", name, in.reasonOf(f.of))
		}
	}
	if !in.source.IsValid() {
		in.log(Info, "(%s) entering FAULT state (no IPv%d address for interface)", name, in.family())
	}
	if in.deaf {
		in.log(Info, "(%s): entering FAULT state (src address not configured)", name)
	}
	if in.Conf.VMAC.Fault {
		in.log(Info, "(%s) entering FAULT state (its ipvlan has no address)", name)
	}
	if in.Conf.UnicastFaultNoPeer && len(in.Conf.Peers) == 0 {
		in.log(Info, "(%s) Cannot use unicast without any peers - going to fault state", name)
	}
}

func (in *Instance) family() int {
	if in.Conf.V6 {
		return 6
	}
	return 4
}

// tellObject logs what keepalived says of an object beside the states.
func (in *Instance) tellObject(of Object, was State) {
	if of.Kind != File {
		return
	}
	switch {
	case was != Fault && in.faults > 0:
		in.log(Info, "(%s): tracked file %s now FAULT state", in.Conf.Name, of.Name)
	case was == Fault && in.faults == 0:
		in.log(Info, "(%s): tracked file %s leaving FAULT state", in.Conf.Name, of.Name)
	}
}

// reasonOf says in words what an object is like.
func (in *Instance) reasonOf(of Object) string {
	o := in.m.object(of)
	good := o.known && o.value != 0
	pick := func(yes, no string) string {
		if good {
			return fmt.Sprintf(yes, of.Name)
		}
		return fmt.Sprintf(no, of.Name)
	}
	switch of.Kind {
	case Interface:
		if good && in.deaf {
			return fmt.Sprintf("no socket for %v", in.source)
		}
		if good && !in.source.IsValid() {
			return fmt.Sprintf("interface %s has no IPv%d address", of.Name, in.family())
		}
		return pick("interface %s is up", "interface %s is down")
	case Script:
		return pick("script %s succeeds", "script %s fails")
	case Process:
		return pick("process %s has its quorum", "process %s has no quorum")
	case BFD:
		return pick("BFD session %s is up", "BFD session %s is down")
	case drained:
		return pick("%s is drained no more", "%s is drained by an operator")
	case Gateway:
		return pick("gateway %s is well", "gateway %s is not well")
	}
	return fmt.Sprintf("file %s has %d", of.Name, o.value)
}
