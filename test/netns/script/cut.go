package script

import (
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// second joins namespaces that are there already on a second bridge.
func (w *world) second(ts *testscript.TestScript, args []string) {
	ts.Check(ip(w.bridge, "link add br1 type bridge stp_state 0 forward_delay 0 mcast_snooping 0", "link set br1 up"))
	for _, arg := range args {
		name, dev, _ := strings.Cut(arg, ":")
		n := w.nodes[name]
		if n == nil || dev == "" {
			ts.Fatalf("second NAME:DEV..., where NAME is a namespace")
		}
		port := secondPort(n)
		ts.Check(ip(w.bridge, "link add "+port+" type veth peer name "+dev+" netns "+n.space.Path(), "link set "+port+" master br1 up"))
		ts.Check(ip(n.space, "link set "+dev+" up"))
		n.second = dev
	}
}

func secondPort(n *node) string { return "q-" + n.name }

// cut takes a port off its bridge, or puts it back: nothing goes through, but the
// interface stays up, as with a fault somewhere in between.
func (w *world) cut(ts *testscript.TestScript, args []string, off bool) {
	n := w.node(ts, args, 1)
	port, bridge := "p-"+n.name, "br0"
	if len(args) > 1 {
		if args[1] != n.second {
			ts.Fatalf("%s has no second interface %s", n.name, args[1])
		}
		port, bridge = secondPort(n), "br1"
	}
	how := "master " + bridge
	if off {
		how = "nomaster"
	}
	ts.Check(ip(w.bridge, fmt.Sprintf("link set %s %s", port, how)))
}
