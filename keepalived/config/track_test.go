package config_test

import (
	"strings"
	"testing"

	"moongate/keepalived/config"
)

// trackText is a configuration in which everything that has a name of its own is followed by
// a line of these words, by an instance or by its group.
func trackText(words string, group bool) string {
	objects, blocks := "global_defs {\n script_user root\n enable_script_security\n}\n", ""
	for _, kind := range []struct{ root, track, lines string }{
		{"vrrp_script", "track_script", "script /bin/true"},
		{"vrrp_track_process", "track_process", "process sshd"},
		{"vrrp_track_file", "track_file", "file /etc/hostname"},
		{"bfd_instance", "track_bfd", "source_ip 10.0.0.1\n neighbor_ip 10.0.0."},
	} {
		blocks += " " + kind.track + " {\n"
		for i, weight := range []string{"5", "5 reverse"} {
			name := kind.track + strings.ReplaceAll(weight, " ", "")
			lines := kind.lines
			if strings.HasSuffix(lines, ".") {
				lines += string(rune('2' + i)) // each session has a neighbour of its own
			}
			objects += kind.root + " " + name + " {\n " + lines + "\n weight " + weight + "\n}\n"
			blocks += "  " + name + " " + words + "\n"
		}
		blocks += " }\n"
	}
	in, out := blocks, ""
	if group {
		in, out = "", "vrrp_sync_group G {\n group {\n  A\n  B\n }\n sync_group_tracking_weight\n"+blocks+"}\n"
	}
	return objects + "vrrp_instance B {\n interface eth1\n virtual_router_id 2\n virtual_ipaddress {\n  10.0.1.9\n }\n}\nvrrp_instance A {\n interface eth0\n virtual_router_id 1\n virtual_ipaddress {\n  10.0.0.9\n }\n" + in + "}\n" + out
}

// lists are the lists of what is followed, by an instance or by its group.
func lists(c *config.Config, group bool) [][]config.Tracked {
	a := c.Instances[1]
	if group {
		g := a.Group
		return [][]config.Tracked{g.TrackScripts, g.TrackProcesses, g.TrackFiles, g.TrackBFDs}
	}
	return [][]config.Tracked{a.TrackScripts, a.TrackProcesses, a.TrackFiles, a.TrackBFDs}
}

// What is followed keeps the reverse of its own block, until the line says otherwise.
func TestTrackReverse(t *testing.T) {
	for _, c := range []struct {
		words       string
		weight      int
		plain, turn bool
	}{
		{"", 5, false, true},
		{"weight 6", 6, false, true},
		{"weight 0", 0, false, true},
		{"weight 6 reverse", 6, true, true},
		{"weight 6 noreverse", 6, false, false},
	} {
		for _, group := range []bool{false, true} {
			for _, list := range lists(clean(t, trackText(c.words, group)), group) {
				if len(list) != 2 || list[0].Weight != c.weight || list[1].Weight != c.weight || list[0].Reverse != c.plain || list[1].Reverse != c.turn {
					t.Errorf("%q, group %v: %+v", c.words, group, list)
				}
			}
		}
	}
}
