package scripttest

import (
	"bytes"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

// proc is one process that belongs to a script.
type proc struct {
	pid, parent int
	title       string // the command line, which nginx rewrites
}

func (p proc) worker() bool { return strings.HasSuffix(p.title, ": worker process") }

// procs lists the script's processes, oldest first. They are known by their
// working directory: everything is started in $WORK, and it survives daemons,
// re-executions and rewritten titles.
func (w *world) procs() []proc {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	var out []proc
	for _, d := range dirs {
		cwd, err := os.Readlink(d + "/cwd")
		if err != nil || cwd != w.dir && !strings.HasPrefix(cwd, w.dir+"/") {
			continue
		}
		stat, _ := os.ReadFile(d + "/stat")
		cmd, _ := os.ReadFile(d + "/cmdline")
		end := bytes.LastIndexByte(stat, ')')
		if end < 0 {
			continue
		}
		f := strings.Fields(string(stat[end+1:]))
		if len(f) < 2 || f[0] == "Z" {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(d))
		parent, _ := strconv.Atoi(f[1])
		title := strings.TrimRight(strings.ReplaceAll(string(cmd), "\x00", " "), " ")
		out = append(out, proc{pid, parent, title})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].pid < out[j].pid })
	return out
}

// nginxProcs leaves out a redis-server and whatever else a script runs.
func (w *world) nginxProcs() []proc {
	var out []proc
	for _, p := range w.procs() {
		if w.redis == nil || p.pid != w.redis.cmd.Process.Pid {
			out = append(out, p)
		}
	}
	return out
}

func (w *world) workerPids() map[int]bool {
	pids := map[int]bool{}
	for _, p := range w.nginxProcs() {
		if p.worker() {
			pids[p.pid] = true
		}
	}
	return pids
}

// masterPid is what the pid file says, 0 when there is none.
func (w *world) masterPid() int {
	b, err := os.ReadFile(filepath.Join(w.dir, "logs/nginx.pid"))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return pid
}

func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	end := bytes.LastIndexByte(stat, ')')
	return end > 0 && !bytes.HasPrefix(stat[end+1:], []byte(" Z"))
}
