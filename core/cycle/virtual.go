package cycle

import (
	"encoding/json"
	"sync/atomic"
	"unsafe"
)

// Virtual is a virtual router (RFC 9568) of this machine, as the process that speaks VRRP
// shows it on the board to whoever wants to know.
type Virtual struct {
	Instance  string   `json:"instance"`
	Interface string   `json:"interface"`
	Addresses []string `json:"addresses"`
	State     string   `json:"state"` // INIT, BACKUP, MASTER, FAULT; DRAINING before it lets go
	Reason    string   `json:"reason"`
	Priority  int      `json:"priority"`           // configured
	Effective int      `json:"effective_priority"` // with what is tracked
	Master    string   `json:"master,omitempty"`   // of a backup: the address of the master that it hears
	Drained   bool     `json:"drained"`            // somebody wants it to be held by others
	Since     float64  `json:"since"`              // of the last change of state, seconds of Unix time
}

// A place holds what is shown as JSON, so that it may grow. The writer makes the number odd
// while it writes; a reader that meets it, or another number afterwards, reads again.
type virtualPlace struct {
	turn  atomic.Uint32
	drain atomic.Uint32
	size  atomic.Uint64
	words [126]atomic.Uint64
}

const (
	virtualsAt    = 1 << 16
	virtualPlaces = 192
)

func (b *Board) virtual(i int) *virtualPlace {
	return (*virtualPlace)(unsafe.Pointer(&b.mem[virtualsAt+i*int(unsafe.Sizeof(virtualPlace{}))]))
}

// ShowVirtuals says what virtual routers there are. One process calls it. Those that find
// no place, or whose many addresses don't fit, are shown in part or not at all. What
// somebody wants of an instance stays with its name.
func (b *Board) ShowVirtuals(list []Virtual) {
	var was [virtualPlaces]string
	wanted := map[string]uint32{}
	for i := range virtualPlaces {
		if v, ok := b.virtual(i).show(); ok {
			was[i] = v.Instance
			wanted[v.Instance] = b.virtual(i).drain.Load()
		}
	}
	for i := range virtualPlaces {
		p := b.virtual(i)
		if i >= len(list) {
			if was[i] != "" {
				p.write(nil)
				p.drain.Store(0)
			}
			continue
		}
		p.write(fitting(list[i], len(p.words)*8))
		if name := list[i].Instance; name != was[i] { // else it may be set at this moment
			p.drain.Store(wanted[name])
		}
	}
}

// fitting is v as JSON, with as many of its addresses as there is room for.
func fitting(v Virtual, room int) []byte {
	for {
		text, err := json.Marshal(&v)
		if err != nil {
			return nil
		}
		switch {
		case len(text) <= room:
			return text
		case len(v.Addresses) > 0:
			v.Addresses = v.Addresses[:len(v.Addresses)-1]
		case v.Reason != "":
			v.Reason = ""
		default:
			return nil
		}
	}
}

// Virtuals are the virtual routers that are shown.
func (b *Board) Virtuals() (list []Virtual) {
	for i := range virtualPlaces {
		if v, ok := b.virtual(i).show(); ok {
			list = append(list, v)
		}
	}
	return list
}

// SetDrain says that this machine shall hold an instance's addresses no more, or that it
// may again. It is false where there is no such instance.
func (b *Board) SetDrain(instance string, on bool) bool {
	p := b.find(instance)
	if p == nil {
		return false
	}
	n := uint32(0)
	if on {
		n = 1
	}
	p.drain.Store(n)
	return true
}

// Drain tells what SetDrain has said of an instance.
func (b *Board) Drain(instance string) bool {
	p := b.find(instance)
	return p != nil && p.drain.Load() != 0
}

// DrainAt is Drain of the instance at a place of the list that is shown.
func (b *Board) DrainAt(i int) bool { return i < virtualPlaces && b.virtual(i).drain.Load() != 0 }

func (b *Board) find(instance string) *virtualPlace {
	for i := range virtualPlaces {
		if v, ok := b.virtual(i).show(); ok && v.Instance == instance {
			return b.virtual(i)
		}
	}
	return nil
}

func (p *virtualPlace) write(text []byte) {
	p.turn.Add(1)
	var word [8]byte
	for i := 0; i < len(text); i += 8 {
		clear(word[:])
		copy(word[:], text[i:])
		p.words[i/8].Store(*(*uint64)(unsafe.Pointer(&word)))
	}
	p.size.Store(uint64(len(text)))
	p.turn.Add(1)
}

func (p *virtualPlace) show() (v Virtual, ok bool) {
	text := p.read()
	return v, text != nil && json.Unmarshal(text, &v) == nil
}

// read is nil where nothing is shown. It gives up on a writer that has died in the middle.
func (p *virtualPlace) read() []byte {
	for range 1000 {
		turn := p.turn.Load()
		n := min(int(p.size.Load()), len(p.words)*8)
		if n == 0 {
			return nil
		}
		if turn%2 != 0 {
			continue
		}
		text := make([]byte, (n+7)/8*8)
		for i := 0; i < n; i += 8 {
			*(*uint64)(unsafe.Pointer(&text[i])) = p.words[i/8].Load()
		}
		if p.turn.Load() == turn {
			return text[:n]
		}
	}
	return nil
}
