package daemon

import (
	"testing"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// The names are those of keepalived 2.4.3: only the data has the instance in them.
func TestDumpFile(t *testing.T) {
	for _, c := range []struct {
		file, instance, namespace string
		kind                      kind
		role                      role.Name
		want                      string
	}{
		{"", "", "", isData, role.VRRP, "/tmp/keepalived.data"},
		{"", "", "", isData, "", "/tmp/keepalived_parent.data"},
		{"", "i1", "", isData, role.VRRP, "/tmp/keepalived.i1.data"},
		{"", "", "/run/netns/n1", isData, role.BFD, "/tmp/keepalived_bfd.n1.data"},
		{"", "i1", "n1", isData, "", "/tmp/keepalived_parent.n1_i1.data"},
		{"", "i1", "n1", isStats, role.VRRP, "/tmp/keepalived.stats"},
		{"", "i1", "n1", isJSON, role.VRRP, "/tmp/keepalived.json"},
		{"/run/x/", "i1", "", isData, role.VRRP, "/run/x/keepalived.i1.data"},
		{"/run/x", "i1", "", isData, "", "/run/x_parent.i1"},
		{"x.data", "", "", isData, "", "/tmp/x_parent.data"},
	} {
		cfg := &config.Config{}
		cfg.Global.StateFile, cfg.Global.Instance, cfg.Global.DataUseInstance = c.file, c.instance, true
		if got := dumpFile(c.role, c.kind, cfg, c.namespace); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
