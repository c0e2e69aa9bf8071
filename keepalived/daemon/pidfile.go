package daemon

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// pidFiles are where processes leave their pids.
type pidFiles map[role.Name]string // "" is the parent

// pidFilesOf is where keepalived 2.2.7 puts them: in /run; with use_pid_dir in
// /run/keepalived; with an instance that is part of the name; and in a network
// namespace there is a folder for it.
func pidFilesOf(o *options, g *config.Global, namespace string) pidFiles {
	dir, parent, behind := "/run", "keepalived", ""
	if g.UsePIDDir || namespace != "" {
		dir = "/run/keepalived"
	}
	if namespace != "" {
		dir = filepath.Join(dir, filepath.Base(namespace))
	}
	if g.Instance != "" {
		behind = "_" + g.Instance
	}
	in := func(given, name string) string {
		if given != "" {
			return given
		}
		return filepath.Join(dir, name+behind+".pid")
	}
	return pidFiles{
		"":           in(o.PIDs.Parent, parent),
		role.VRRP:    in(o.PIDs.VRRP, "vrrp"),
		role.Checker: in(o.PIDs.Checker, "checkers"),
		role.BFD:     in(o.PIDs.BFD, "bfd"),
	}
}

// running tells whether a process that left its pid there is still there and is
// one of keepalived's: a pid may have been given to another program since.
func running(file string) bool {
	b, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || pid <= 0 || pid == os.Getpid() || proc.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return true // it is there and shows nothing of itself
	}
	// "PID (NAME) STATE ...", and the name may contain anything.
	open, end := strings.IndexByte(string(stat), '('), strings.LastIndexByte(string(stat), ')')
	if open < 0 || end+2 >= len(stat) || stat[end+2] == 'Z' {
		return false // dead, and only its parent has not looked yet
	}
	if strings.HasPrefix(string(stat[open+1:end]), "keepalived") {
		return true
	}
	theirs, err1 := os.Readlink("/proc/" + strconv.Itoa(pid) + "/exe")
	ours, err2 := os.Readlink(proc.Self)
	return err1 == nil && err2 == nil && theirs == ours
}

// writePID writes this process's pid for everybody to read.
func writePID(file string, log role.Logf) bool {
	makeDir(filepath.Dir(file))
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		log(role.Info, "pidfile_write : Cannot open %s pidfile (%s)", file, reason(err))
		return false
	}
	defer f.Close()
	f.Chmod(0o644)
	_, err = f.WriteString(strconv.Itoa(os.Getpid()) + "\n")
	return err == nil
}

// makeDir makes a folder, and those above it, for everybody to look into, whatever
// the mask of the process.
func makeDir(dir string) {
	if _, err := os.Stat(dir); err == nil {
		return
	}
	makeDir(filepath.Dir(dir))
	if os.Mkdir(dir, 0o755) == nil {
		os.Chmod(dir, 0o755)
	}
}

// removePID removes the file if it is still ours.
func removePID(file string) {
	b, err := os.ReadFile(file)
	if err == nil && strings.TrimSpace(string(b)) == strconv.Itoa(os.Getpid()) {
		os.Remove(file)
	}
}
