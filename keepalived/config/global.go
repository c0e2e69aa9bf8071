package config

import (
	"fmt"
	"math"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// newConfig is a configuration in which nothing is written.
func newConfig(host Host) *Config {
	c := &Config{UpDownDelays: map[string]UpDownDelay{}, TrackGroups: map[string][]string{}}
	g := &c.Global
	g.RouterID = host.Name()
	g.Mail.Timeout = 30 * time.Second
	g.Mail.From = "keepalived@" + host.Name()
	g.Mail.Helo = host.Name()
	g.GARP = GARP{Delay: 5 * time.Second, Repeat: 5, RefreshRepeat: 1}
	g.Mcast4, g.Mcast6 = netip.AddrFrom4([4]byte{224, 0, 0, 18}), netip.MustParseAddr("ff02::12")
	g.DownTimerAdverts = 3
	g.VMACPrefix, g.DefaultInterface = "vrrp", "eth0"
	g.NFPriority, g.NFIPVSPriority, g.NFIPVSMark = -1, -1, 1000
	g.StartupTimeout, g.ShutdownTimeout = 10*time.Second, 10*time.Second
	g.ChildWait = 5 * time.Second
	g.JSONVersion = 1
	for _, p := range []*Priority{&g.VRRP, &g.Checker, &g.BFD} {
		p.RTTime = 10 * time.Millisecond
	}
	g.MinAutoDelay = time.Second
	g.RxBufsMultiplier = 3
	if uid, gid, ok := host.User("keepalived_script"); ok {
		g.ScriptUID, g.ScriptGID = uid, gid
	} else {
		g.ScriptUID = host.UID()
	}
	return c
}

// sprintAll is Sprintf for a text that may leave its argument out.
func sprintAll(format, arg string) string {
	if !strings.Contains(format, "%s") {
		return format
	}
	return fmt.Sprintf(format, arg)
}

func netNamespace(r *reader, w []string) { r.once(w, "net_namespace", &r.config.Global.NetNamespace) }
func instanceName(r *reader, w []string) { r.once(w, "instance", &r.config.Global.Instance) }

func netNamespaceIPVS(r *reader, w []string) {
	if len(w) < 2 {
		r.config.Global.IPVSDefaultNamespace = true
		return
	}
	r.once(w, "net_namespace_ipvs", &r.config.Global.NetNamespaceIPVS)
}

// once sets what may be said only once.
func (r *reader) once(w []string, name string, at *string) {
	switch {
	case len(w) < 2:
		r.err("%s name missing - ignoring", name)
	case *at != "":
		exit := ExitError
		if name == "net_namespace" {
			exit = 0
		}
		r.problem(exit, true, fmt.Sprintf("Duplicate %s definition %s - ignoring", name, w[1]))
	default:
		*at = w[1]
	}
}

func childWait(r *reader, w []string) {
	if n, ok := r.uint(w[1], 0, math.MaxUint32, hard); ok {
		r.config.Global.ChildWait = seconds(n)
	} else {
		r.err("Invalid child_wait_time %s", w[1])
	}
}

// smtpServer reads a host and a port. As keepalived does, the host is looked up
// at once: one that is not known is told here.
func smtpServer(r *reader, w []string) {
	port := "25"
	ok := true
	if len(w) > 2 {
		port = w[2]
		// keepalived tries the number twice.
		if _, ok = r.uint(port, 1, 65535, soft); !ok {
			r.uint(port, 1, 65535, soft)
		}
	}
	if ok {
		_, isAddr := addr(w[1])
		ok = isAddr || r.host.Resolves(w[1])
	}
	if !ok {
		r.err("Invalid smtp server %s %s", w[1], port)
		return
	}
	host := w[1]
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	r.config.Global.Mail.Server = host + ":" + port
}

var umaskBits = map[string]uint32{"IRUSR": 0o400, "IWUSR": 0o200, "IXUSR": 0o100, "IRGRP": 0o040, "IWGRP": 0o020, "IXGRP": 0o010, "IROTH": 0o004, "IWOTH": 0o002, "IXOTH": 0o001}

// umask is a number in C's notation, or names of bits with "|" between them.
func umask(r *reader, w []string) {
	if c := w[1][0]; c >= '0' && c <= '9' {
		n, err := strconv.ParseUint(w[1], 0, 32)
		if err != nil || n > 0o777 {
			r.err("invalid umask value %s", w[1])
			return
		}
		m := uint32(n)
		r.config.Global.Umask = &m
		return
	}
	var m uint32
	for _, name := range strings.FieldsFunc(strings.Join(w[1:], "|"), func(c rune) bool { return c == '|' || c == ' ' }) {
		bit, ok := umaskBits[name]
		if !ok {
			r.err("Unknown umask bit %s", name)
			return
		}
		m |= bit
	}
	r.config.Global.Umask = &m
}

// includeCheck tells what is wrong; it has worked already when the lines were read.
func includeCheck(r *reader, w []string) {
	for i, word := range w[1:] {
		name := strings.TrimLeft(word, "+-")
		_, known := map[string]bool{"readable": true, "match": true, "wildcard_match": true, "brace_match": true}[name]
		switch {
		case i > 0 && word == name && !known:
			r.err("Duplicate include_check '%s' specified - ignoring", name)
		case !known || i > 0 && word != name:
			r.err("Unknown include_check type '%s' - ignoring", name)
		}
	}
}

// finishGlobal is what the parent checks at the end; false: the children are not
// started.
func (r *reader) finishGlobal() bool {
	g := &r.config.Global
	if g.ReloadFile == reloadFile {
		dir := "/run"
		if g.UsePIDDir {
			dir = "/run/keepalived"
		}
		g.ReloadFile = filepath.Join(dir, reloadFile)
	}
	for _, c := range []*Command{&g.StartupScript, &g.ShutdownScript} {
		if c.Set() && r.resolve(c) != usable {
			*c = Command{}
		}
	}
	if r.scripts && !g.ScriptSecurity {
		r.security("SECURITY VIOLATION - start/shutdown scripts are being executed but script_security not enabled.%s", "")
	}
	if g.FIFO.Path != "" && g.FIFO.Path == g.VRRPFIFO.Path {
		r.log("notify FIFO %s has been specified for global and vrrp FIFO - ignoring vrrp FIFO", g.FIFO.Path)
		g.VRRPFIFO = Pipe{}
	}
	if g.FIFO.Path != "" && g.FIFO.Path == g.LVSFIFO.Path {
		r.log("notify FIFO %s has been specified for global and LVS FIFO - ignoring LVS FIFO", g.FIFO.Path)
		g.LVSFIFO = Pipe{}
	}
	for _, p := range r.problems {
		if p.Exit == ExitSecurity && !strings.HasPrefix(p.Text, "SECURITY") {
			return false // a file that an include needs is not there
		}
	}
	return true
}
