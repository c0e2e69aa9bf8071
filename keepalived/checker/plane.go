package checker

import (
	"fmt"
	"os"
	"strings"

	"moongate/edge/sys/netns"
	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/role"
)

// Opener makes one of the data planes, or says why the system has no place for it.
type Opener struct {
	Name string // the word of lvs_backend
	Open func(*config.Global, role.Logf) (lvs.Plane, error)
}

// open takes the first plane that the system has a place for, or the one that
// lvs_backend names, and says in one line which that is.
func open(openers []Opener, cfg *config.Config, log role.Logf) lvs.Plane {
	g := &cfg.Global
	place := g.NetNamespaceIPVS
	if place == "" && g.IPVSDefaultNamespace {
		place = fmt.Sprintf("/proc/%d/ns/net", os.Getppid()) // only the children are in net_namespace
	}
	var why []string
	for _, o := range openers {
		if g.Backend != "" && g.Backend != o.Name {
			continue
		}
		plane, err := openIn(place, o, g, log)
		if err != nil {
			why = append(why, fmt.Sprintf("%s: %s", o.Name, err))
			continue
		}
		line := "Data plane of virtual servers is " + plane.Name()
		if len(why) > 0 {
			line += " (" + strings.Join(why, "; ") + ")"
		}
		if cannot := limits(plane, cfg); cannot != "" {
			line += ", which cannot do " + cannot
		}
		log(role.Info, "%s", line)
		return plane
	}
	if len(why) == 0 && g.Backend != "" {
		why = []string{"lvs_backend " + g.Backend + " is not known here"}
	}
	reason := ""
	if len(why) > 0 {
		reason = " (" + strings.Join(why, "; ") + ")"
	}
	log(role.Err, "There is no data plane for virtual servers%s: servers are only checked", reason)
	return nil
}

// openIn opens a plane in a network namespace, if one is named.
func openIn(name string, o Opener, g *config.Global, log role.Logf) (plane lvs.Plane, err error) {
	if name == "" {
		return o.Open(g, log)
	}
	ns, err := netns.Open(name)
	if err != nil {
		return nil, err
	}
	defer ns.Close()
	err = ns.Do(func() error {
		plane, err = o.Open(g, log)
		return err
	})
	return plane, err
}

// limits says what a plane can't do of the virtual servers that are configured.
func limits(plane lvs.Plane, cfg *config.Config) string {
	var list []string
	quiet := func(*config.Checker) lvs.Standing { return lvs.Standing{Up: true} }
	for _, c := range cfg.Servers {
		seen := map[string]bool{}
		one := lvs.New(&config.Config{Servers: []*config.Server{c}}, quiet, deaf{})
		for _, s := range one.Services() {
			for _, what := range plane.Cannot(s) {
				if !seen[what] {
					seen[what] = true
					list = append(list, fmt.Sprintf("%s for %s", what, lvs.Name(c)))
				}
			}
		}
	}
	return strings.Join(list, ", ")
}

// deaf is a Teller that nobody listens to.
type deaf struct{}

func (deaf) Log(string)                                                  {}
func (deaf) Real(*config.Server, *config.RealServer, bool, bool, string) {}
func (deaf) Quorum(v *config.Server, up bool, mail string)               {}
