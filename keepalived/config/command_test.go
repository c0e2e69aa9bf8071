package config_test

import (
	"fmt"
	"testing"

	"moongate/keepalived/config/configtest"
)

// Who runs a script, with which groups, and by which name.
func TestScriptSettings(t *testing.T) {
	for _, c := range []struct {
		global, user string
		path         string
		groups       bool
	}{
		{"", "user nobody", "/usr/bin/true", false},
		{"", "user nobody :nogroup", "/usr/bin/true", true},
		{"set_supplementary_groups", "user nobody", "/usr/bin/true", true},
		{"set_supplementary_groups", "", "/usr/bin/true", true},
		{"use_symlink_paths", "user nobody", "/tmp/link", false},
	} {
		host := configtest.Two()
		host.Links = map[string]string{"/tmp/link": "/usr/bin/true"}
		text := fmt.Sprintf("global_defs {\n%s\n}\nvrrp_script s {\nscript /tmp/link\n%s\n}\nvrrp_instance a {\ninterface eth0\nvirtual_router_id 1\ntrack_script {\ns\n}\n}\n", c.global, c.user)
		cfg, _ := loadOn(t, host, text, false)
		s := cfg.Scripts[0].Command
		if s.Args[0] != c.path || s.Groups != c.groups {
			t.Errorf("%s, %s: %s, groups %v", c.global, c.user, s.Args[0], s.Groups)
		}
	}
}
