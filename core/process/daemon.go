package process

import (
	"os"

	"moongate/core/config/syntax"
	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/file"
	"moongate/edge/sys/proc"
)

// wantsDaemon reads the text just far enough to know whether to leave the
// terminal. When the text has a fault that shows so early, the answer is no: the
// process that the user waits for finds it again and says so.
func (r *Runner) wantsDaemon() bool {
	snapshot := syntax.NewSnapshot(syntax.Disk{})
	daemon := true
	ok := scan(syntax.ParseParam(r.Options.Params), snapshot, r.Options.ConfPrefix, 0, &daemon)
	data, err := snapshot.ReadFile(r.Options.ConfFile)
	return ok && err == nil &&
		scan(syntax.Parse(r.Options.ConfFile, data), snapshot, r.Options.ConfPrefix, 0, &daemon) && daemon
}

// scan looks for the daemon directive in the main context and in what is
// included there. It tells whether the text is whole.
func scan(nodes []*syntax.Node, files syntax.Reader, prefix string, depth int, daemon *bool) bool {
	for _, n := range nodes {
		switch {
		case n.Err != nil || depth > 20:
			return false
		case n.Name == "daemon" && len(n.Args) == 1 && (n.Args[0] == "on" || n.Args[0] == "off"):
			*daemon = n.Args[0] == "on"
		case n.Name == "include" && len(n.Args) == 1 && !n.HasBody:
			full := syntax.FullName(prefix, n.Args[0])
			names := []string{full}
			if syntax.HasMagic(full) {
				names, _ = files.Glob(full)
			}
			for _, name := range names {
				data, err := files.ReadFile(name)
				if err != nil || !scan(syntax.Parse(name, data), files, prefix, depth+1, daemon) {
					return false
				}
			}
		}
	}
	return true
}

// launchDaemon starts the master in a session of its own and waits until it
// serves, or has said why it does not.
func (r *Runner) launchDaemon() int {
	h := &Hand{Role: roleMaster, Word: r.Word, Args: r.Args, Options: r.Options, Parent: r.pid}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		r.Log.Emerg(err, `open("/dev/null") failed`)
		return codeError
	}
	ours, theirs, err := proc.Channel()
	if err != nil {
		r.Log.Emerg(err, "socketpair() failed")
		return codeError
	}
	hand, err := h.memory()
	if err != nil {
		r.Log.Emerg(err, "memfd_create() failed")
		return codeError
	}
	pid, err := proc.Start(&proc.Child{
		Path: proc.Self, Argv: []string{r.Word + ": master process " + joinArgs(r.Args)}, Env: os.Environ(), Setsid: true,
		Files: []int{int(null.Fd()), int(null.Fd()), 2, theirs, hand},
	})
	if err != nil {
		r.Log.Emerg(err, "fork() failed")
		return codeError
	}
	file.Close(theirs)
	ready := false
	newChannel(ours).listen(func(m message) { ready = ready || m == saysReady })
	if ready {
		return codeOK
	}
	st, err := proc.Wait(pid)
	if err != nil || !st.Exited {
		errlog.Console(nil, "[emerg] the daemon process ended on signal %d", int(st.Signal))
		return codeError
	}
	if st.Code == codeOK {
		// It was told to end before it had begun to serve.
		return codeOK
	}
	return st.Code
}

// serveDaemon is the master that launchDaemon started.
func (r *Runner) serveDaemon(*Hand) int {
	return r.serve(&cycle.Given{})
}
