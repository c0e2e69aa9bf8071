package metrics

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Explain says in words why this node is, or is not, the master of each instance, by
// the text that /status has. With names it tells of these only.
func Explain(w io.Writer, statusText []byte, names []string, now time.Time) error {
	var s struct {
		VRRP *jsonVRRP `json:"vrrp"`
	}
	if err := json.Unmarshal(statusText, &s); err != nil {
		return err
	}
	if s.VRRP == nil {
		return fmt.Errorf("the VRRP process does not run, or does not answer")
	}
	for _, name := range names {
		if !slices.ContainsFunc(s.VRRP.Instances, func(in jsonInstance) bool { return in.Name == name }) {
			return fmt.Errorf("there is no vrrp_instance %s", name)
		}
	}
	for i := range s.VRRP.Instances {
		if in := &s.VRRP.Instances[i]; len(names) == 0 || slices.Contains(names, in.Name) {
			in.explain(w, s.VRRP, now)
		}
	}
	return nil
}

func (in *jsonInstance) explain(w io.Writer, all *jsonVRRP, now time.Time) {
	say := func(format string, args ...any) { fmt.Fprintf(w, "  "+format+"\n", args...) }
	fmt.Fprintf(w, "(%s) is %s on %s, virtual router %d", in.Name, strings.ToUpper(in.State), in.Interface, in.VRID)
	if in.Since != nil {
		fmt.Fprintf(w, ", for %s", now.Sub(*in.Since).Round(time.Second))
	}
	fmt.Fprintln(w)
	if in.Reason != "" {
		say("why: %s", in.Reason)
	}
	say("%s", in.sum())
	for _, t := range in.Tracked {
		say("%s", t.words())
	}
	in.explainGroup(say, all)
	in.explainMaster(say)
	where := "not set here"
	if in.Owned {
		where = "set here"
	}
	if len(in.Addresses) > 0 {
		say("addresses, %s: %s", where, strings.Join(in.Addresses, ", "))
	}
	if n := len(in.Changes); n > 1 {
		say("before:")
		for i := n - 2; i >= 0 && i >= n-6; i-- {
			c := &in.Changes[i]
			say("  %s %s: %s", c.At.Format("2006-01-02 15:04:05"), strings.ToUpper(c.To), orNone(c.Reason))
		}
	}
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// sum is how the priority comes about.
func (in *jsonInstance) sum() string {
	var b strings.Builder
	fmt.Fprintf(&b, "priority %d", in.Priority)
	added, sum := false, int(in.Base)
	for _, t := range in.Tracked {
		if t.Adds == 0 {
			continue
		}
		if !added {
			fmt.Fprintf(&b, " = %d", in.Base)
			added = true
		}
		sum += t.Adds
		sign, n := "+", t.Adds
		if n < 0 {
			sign, n = "-", -n
		}
		fmt.Fprintf(&b, " %s %d (%s)", sign, n, t.title())
	}
	if added && sum != in.Priority && in.Base != 255 {
		b.WriteString(", held between 1 and 254")
	}
	if in.Base == 255 {
		b.WriteString(": the addresses are its own, and what it follows with a weight does not count")
	}
	return b.String()
}

func (t *jsonTrack) title() string { return strings.TrimSpace(t.Kind + " " + t.Name) }

// words say what t does to the instance.
func (t *jsonTrack) words() string {
	state := "is good"
	switch {
	case !t.Known:
		state = "is not known yet"
	case t.Kind == "track_file":
		state = fmt.Sprintf("holds %d", t.Value)
	case t.Kind == "track_interface" && t.Value == 1:
		state = "is up"
	case t.Kind == "track_interface":
		state = "is down"
	case t.Value == 0:
		state = "is bad"
	}
	effect := "which changes nothing"
	switch {
	case t.Fault:
		effect = "which is FAULT"
	case t.Adds != 0:
		effect = fmt.Sprintf("which adds %d to the priority", t.Adds)
	case t.Weight == 0:
		effect = "as it must be"
		if !t.Known && t.Kind == "track_script" {
			effect = "for which the instance waits"
		}
	}
	return t.title() + " " + state + ", " + effect
}

// explainGroup names the member that holds the others back.
func (in *jsonInstance) explainGroup(say func(string, ...any), all *jsonVRRP) {
	if in.Group == "" {
		return
	}
	say("it goes with the others of vrrp_sync_group %s", in.Group)
	for _, g := range all.Groups {
		if g.Name != in.Group {
			continue
		}
		for i := range all.Instances {
			if o := &all.Instances[i]; o.Name != in.Name && slices.Contains(g.Of, o.Name) && (o.Faults > 0 || o.State != in.State) {
				say("  (%s) is %s, with %d faults", o.Name, strings.ToUpper(o.State), o.Faults)
			}
		}
	}
}

// explainMaster compares with who is master instead.
func (in *jsonInstance) explainMaster(say func(string, ...any)) {
	switch {
	case in.State == "fault" && in.Faults == 0:
		say("it is in FAULT because of its group")
	case in.State == "fault":
		say("it is in FAULT until %d that it needs is there again", in.Faults)
	case in.State != "backup":
	case in.HeldBack:
		say("it hears no advert on %s, but the master %s on the second path: it takes over when that is silent, too", in.Interface, in.Second)
	case in.CutOff:
		say("it hears no advert, but nobody of tie_break answers: it is cut off itself, and takes over when somebody does")
	case in.Master == "":
		say("no master was heard: it takes over after %.3gs without an advert", in.DownTimer)
	default:
		than := "as high as ours: the higher address has it"
		switch {
		case int(in.MasterPrio) > in.Priority:
			than = "higher than ours"
		case int(in.MasterPrio) < in.Priority && in.NoPreempt:
			than = "lower than ours, but with nopreempt it is left alone"
		case int(in.MasterPrio) < in.Priority:
			than = "lower than ours: we take over when our timer ends"
		}
		say("it hears the master %s with priority %d, %s", in.Master, in.MasterPrio, than)
		say("it takes over after %.3gs without an advert", in.DownTimer)
	}
}
