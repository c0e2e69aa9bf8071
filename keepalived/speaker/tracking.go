package speaker

import (
	"bytes"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/track"
	"moongate/keepalived/vrrp"
)

// trackers are what instances follow beside interfaces.
type trackers struct {
	scripts   map[string]*track.Script
	files     *track.Files
	processes *track.Processes
	bfds      map[string]bool
	gateways  map[string]*track.Gateway
}

// track starts what is followed now, and ends what is not any more. A script that
// stays the same program keeps its state.
func (s *speaker) track(now time.Time) {
	old := s.scripts
	s.scripts = map[string]*track.Script{}
	for _, c := range s.cfg.Scripts {
		if !s.follows(vrrp.Script, c.Name) {
			continue
		}
		if have := old[c.Name]; have != nil && sameCommand(&have.Conf.Command, &c.Command) {
			have.Take(c)
			s.scripts[c.Name] = have
			delete(old, c.Name)
			continue
		}
		n := track.NewScript(c, s.loop, s.log, s.scriptTells)
		s.scripts[c.Name] = n
		n.Start()
	}
	for _, o := range old {
		o.Stop()
	}
	s.trackFiles()
	s.trackProcesses()
	s.trackGateways()
}

func sameCommand(a, b *config.Command) bool {
	if a.UID != b.UID || a.GID != b.GID || a.Open != b.Open || len(a.Args) != len(b.Args) {
		return false
	}
	for i := range a.Args {
		if a.Args[i] != b.Args[i] {
			return false
		}
	}
	return true
}

// follows tells whether anybody follows an object.
func (s *speaker) follows(kind vrrp.Kind, name string) bool {
	has := func(list []config.Tracked) bool {
		for i := range list {
			if list[i].Name == name {
				return true
			}
		}
		return false
	}
	for _, c := range s.cfg.Instances {
		if has(gatewayList(kind, c.TrackGateways, listOf(kind, c.TrackScripts, c.TrackProcesses, c.TrackFiles))) {
			return true
		}
	}
	for _, g := range s.cfg.Groups {
		if has(gatewayList(kind, g.TrackGateways, listOf(kind, g.TrackScripts, g.TrackProcesses, g.TrackFiles))) {
			return true
		}
	}
	return false
}

func listOf(kind vrrp.Kind, scripts, processes, files []config.Tracked) []config.Tracked {
	switch kind {
	case vrrp.Script:
		return scripts
	case vrrp.Process:
		return processes
	}
	return files
}

func (s *speaker) scriptTells(t *track.Script) {
	value := 0
	if t.Counter.Up() {
		value = 1
	}
	s.machine.Track(s.loop.Now(), vrrp.Object{Kind: vrrp.Script, Name: t.Conf.Name}, value)
	s.arm()
}

func (s *speaker) trackFiles() {
	var list []*config.File
	for _, c := range s.cfg.Files {
		if s.follows(vrrp.File, c.Name) {
			list = append(list, c)
		}
	}
	if s.files == nil {
		if len(list) == 0 {
			return
		}
		var err error
		s.files, err = track.NewFiles(s.loop, s.log, func(name string, value int) {
			s.machine.Track(s.loop.Now(), vrrp.Object{Kind: vrrp.File, Name: name}, value)
			s.arm()
		})
		if err != nil {
			s.log(role.Info, "track_file: %v", err)
			return
		}
	}
	s.files.Follow(list)
}

func (s *speaker) trackProcesses() {
	var list []*config.Process
	for _, c := range s.cfg.Processes {
		if s.follows(vrrp.Process, c.Name) {
			list = append(list, c)
		}
	}
	if s.processes == nil {
		if len(list) == 0 {
			return
		}
		s.processes = track.NewProcesses(s.loop, func(c *config.Process, quorum bool) {
			value, word := 0, "not achieved"
			if quorum {
				value, word = 1, "achieved"
			}
			s.log(role.Info, "Quorum %s for tracked process %s", word, c.Name)
			s.machine.Track(s.loop.Now(), vrrp.Object{Kind: vrrp.Process, Name: c.Name}, value)
			s.arm()
		})
	}
	s.processes.Follow(list)
}

func (s *speaker) stopTracking() {
	for _, t := range s.scripts {
		t.Stop()
	}
	if s.files != nil {
		s.files.Close()
	}
	if s.processes != nil {
		s.processes.Close()
	}
	for _, g := range s.gateways {
		g.Stop()
	}
}

// message is a line of the BFD process: "NAME up" or "NAME down".
func (s *speaker) message(e *role.Event) {
	if e.From == role.Checker && string(e.Data) == syncAsk {
		s.askedSync()
		return
	}
	name, state, ok := bytes.Cut(e.Data, []byte(" "))
	if e.From != role.BFD || !ok {
		return
	}
	if s.bfds == nil {
		s.bfds = map[string]bool{}
	}
	up := string(state) == "up"
	s.bfds[string(name)] = up
	value, word := 0, "DOWN"
	if up {
		value, word = 1, "UP"
	}
	for _, in := range s.machine.Instances() {
		for i := range in.Conf.TrackBFDs {
			if in.Conf.TrackBFDs[i].Name == string(name) {
				s.log(role.Info, "VRRP_Instance(%s) Tracked BFD instance %s is %s", in.Conf.Name, name, word)
			}
		}
	}
	s.machine.Track(s.loop.Now(), vrrp.Object{Kind: vrrp.BFD, Name: string(name)}, value)
}
