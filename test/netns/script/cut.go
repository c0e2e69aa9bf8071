package script

import (
	"fmt"
	"os"
	"path/filepath"
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

// guide puts the configuration that a page of the guide has into a file.
func (w *world) guide(ts *testscript.TestScript, args []string) {
	if len(args) != 2 {
		ts.Fatalf("guide PAGE FILE")
	}
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "guide", args[0]))
	ts.Check(err)
	_, rest, _ := strings.Cut(string(b), "```keepalived\n")
	text, _, ok := strings.Cut(rest, "```")
	if !ok {
		ts.Fatalf("%s has no configuration", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o644))
}
