package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// dumpPatience is how long a process may take to say how things stand.
const dumpPatience = 5 * time.Second

// dump writes what the parent knows, on SIGUSR1.
func (p *parent) dump() {
	p.log(role.Info, "Printing parent data for process(%d) on signal", os.Getpid())
	text := status.Global(&p.config.Global, false, p.scheduled())
	save(dumpFile("", isData, p.config, p.namespace), text, p.log)
}

// dump answers a signal that asks for a dump.
func (s *session) dump(k kind) {
	c, log := s.config.Load(), s.logger.log
	if said := dumpWords[k][s.Role]; said != "" {
		log(role.Info, "Printing %s for process(%d) on signal", said, os.Getpid())
	} else {
		return // nothing of this kind is known to this role
	}
	s.ask(func(st *status.Status) {
		var text string
		switch k {
		case isData:
			text = status.Global(&c.Global, s.Role == role.VRRP, status.Reload{}) + st.Data(c, string(s.Role))
		case isJSON:
			text = st.JSON(c.Global.JSONVersion)
		default:
			text = st.StatsText()
		}
		save(dumpFile(s.Role, k, c, s.Namespace), text, log)
	})
	if k == isClearStats {
		s.events <- role.Event{Kind: role.ClearStats}
	}
}

// ask has f called with how things stand when all events before it are over. The answer
// is written on a goroutine of its own: a role may be slow.
func (s *session) ask(f func(*status.Status)) {
	answers := make(chan *status.Status, 1)
	s.events <- role.Event{Kind: role.Ask, Answer: func(st *status.Status) {
		select {
		case answers <- st:
		default:
		}
	}}
	s.dumps.Add(1)
	go func() {
		defer s.dumps.Done()
		select {
		case st := <-answers:
			f(st)
		case <-s.over:
			select {
			case st := <-answers:
				f(st)
			default: // it was asked too late
			}
		case <-time.After(dumpPatience):
			s.logger.log(role.Warning, "no answer for a dump within %s", dumpPatience)
		}
	}()
}

// dumpWords say what is printed, for the kinds that a role has.
var dumpWords = map[kind]map[role.Name]string{
	isData:       {role.VRRP: "VRRP data", role.Checker: "checker data", role.BFD: "BFD data"},
	isStats:      {role.VRRP: "VRRP stats"},
	isClearStats: {role.VRRP: "and clearing VRRP stats"},
	isJSON:       {role.VRRP: "VRRP as json"},
}

// dumpFile is where a dump goes: /tmp/keepalived.data and so on, or what is
// configured, with what tells the process behind the name of the data.
func dumpFile(name role.Name, k kind, c *config.Config, namespace string) string {
	g := &c.Global
	file, ext := g.StateFile, "data"
	switch k {
	case isStats, isClearStats:
		file, ext = g.StatsFile, "stats"
	case isJSON:
		file, ext = g.JSONFile, "json"
	}
	const dir = "/tmp"
	if file == "" || strings.HasSuffix(file, "/") {
		file += "keepalived." + ext // the usual name in a folder
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	behind := map[role.Name]string{"": "_parent", role.Checker: "_check", role.BFD: "_bfd"}[name]
	if g.DataUseInstance && ext == "data" {
		if instance := instanceOf(c, namespace); instance != "" {
			behind += "." + instance
		}
	}
	if behind == "" {
		return file
	}
	slash := strings.LastIndexByte(file, '/')
	if dot := strings.LastIndexByte(file, '.'); dot > slash {
		return file[:dot] + behind + file[dot:]
	}
	return file + behind
}

// save replaces a file in one step: a reader finds the old text or the new one. A
// link that lies there is not followed, for everybody may write to /tmp.
func save(name, text string, log role.Logf) {
	f, err := os.CreateTemp(filepath.Dir(name), ".keepalived*")
	if err == nil {
		if _, err = f.WriteString(text); err == nil {
			err = os.Rename(f.Name(), name)
		}
		f.Close()
		if err != nil {
			os.Remove(f.Name())
		}
	}
	if err != nil {
		log(role.Info, "Can't open dump file %s (%s)", name, err)
	}
}
