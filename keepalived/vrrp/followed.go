package vrrp

// Followed is what one thing that an instance follows does to it.
type Followed struct {
	Object
	Weight  int
	Reverse bool
	Known   bool // there was a result
	Value   int  // 1 good, 0 bad; of a file its number
	Fault   bool // it holds the instance in FAULT
	Adds    int  // to the priority
}

// Followed are the things that the instance follows, in the order of the file, its
// own interface first.
func (in *Instance) Followed() []Followed {
	list := make([]Followed, 0, len(in.followed))
	for i := range in.followed {
		f := &in.followed[i]
		if f.of.Kind == drained && (!f.object.known || f.object.value != 0) {
			continue
		}
		n := Followed{Object: f.of, Weight: f.weight, Reverse: f.reverse, Known: f.object.known, Value: f.object.value}
		n.Fault, n.Adds = f.bad()
		list = append(list, n)
	}
	return list
}

func (k Kind) String() string {
	return [...]string{"track_interface", "track_script", "track_process", "track_file", "track_bfd", "track_gateway", "drained"}[k]
}
