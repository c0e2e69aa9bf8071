package lvs

import (
	"fmt"

	"moongate/keepalived/config"
)

// sum is the weight of what is alive.
func (v *Virtual) sum() int {
	n := 0
	for _, r := range v.Reals {
		if r.Alive {
			n += r.Weight
		}
	}
	return n
}

// gain and lose are the sums between which the quorum stays what it is: it is
// gained at the first, and lost below the second.
func (v *Virtual) gain() int { return v.Config.Quorum + v.Config.Hysteresis }
func (v *Virtual) lose() int { return v.Config.Quorum - v.Config.Hysteresis }

// update looks whether the quorum was gained or lost.
func (s *State) update(v *Virtual) {
	switch sum := v.sum(); {
	case !v.Quorum && sum >= v.gain():
		v.Quorum = true
		text := gained(v.Config, sum)
		s.tell.Log(text + " for VS " + v.Name)
		s.tell.Quorum(v.Config, true, "=> "+text+" <=")
		s.sorry(v, false)
	case v.Quorum && (sum == 0 || sum < v.lose()):
		v.Quorum = false
		text := fmt.Sprintf("Lost quorum %d-%d=%d > %d", v.Config.Quorum, v.Config.Hysteresis, v.lose(), sum)
		s.tell.Log(text + " for VS " + v.Name)
		s.tell.Quorum(v.Config, false, "=> "+text+" <=")
		s.sorry(v, true)
	}
}

func gained(c *config.Server, sum int) string {
	return fmt.Sprintf("Gained quorum %d+%d=%d <= %d", c.Quorum, c.Hysteresis, c.Quorum+c.Hysteresis, sum)
}

// sorry says that the sorry server, if there is one, takes over from the others, or
// hands back.
func (s *State) sorry(v *Virtual, in bool) {
	if v.Config.Sorry == nil {
		return
	}
	name := RealName(v.Config, v.Config.Sorry)
	if in {
		verb := "Adding"
		if v.Config.SorryInhibit {
			verb = "Enabling"
		}
		s.tell.Log(verb + " sorry server " + name + " to VS " + v.Name)
		s.tell.Log("Removing alive servers from the pool for VS " + v.Name)
		return
	}
	verb := "Removing"
	if v.Config.SorryInhibit {
		verb = "Disabling"
	}
	s.tell.Log(verb + " sorry server " + name + " from VS " + v.Name)
	s.tell.Log("Adding alive servers to the pool for VS " + v.Name)
}

// Sorry tells whether the sorry server stands in.
func (v *Virtual) Sorry() bool { return v.Config.Sorry != nil && !v.Quorum }
