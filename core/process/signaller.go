package process

import (
	"io"
	"os"
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/sys/proc"
)

// signalOf is what the words of -s mean.
var signalOf = map[string]proc.Signal{
	"stop": proc.SIGTERM, "quit": proc.SIGQUIT, "reopen": proc.SIGUSR1, "reload": proc.SIGHUP,
}

// KnownSignal tells whether -s takes a word.
func KnownSignal(word string) bool { return signalOf[word] != 0 }

// SendSignal sends what -s says to the running master and returns the exit code
// (ngx_signal_process).
func SendSignal(cfg Config, word string) int {
	c, err := cfg.Program.Build(cfg.Options, nil, cfg.Log, nil)
	if err != nil {
		return codeError
	}
	log, name := &c.Log, c.Core.Pid.V
	log.Notice(nil, "signal process started")
	f, err := os.Open(name)
	if err != nil {
		log.Error(err, `open() "%s" failed`, name)
		return codeError
	}
	defer f.Close()
	buf := make([]byte, 22) // NGX_INT64_LEN + 2
	n, err := io.ReadFull(f, buf)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		log.Crit(err, `pread() "%s" failed`, name)
		return codeError
	}
	text := strings.TrimRight(string(buf[:n]), "\r\n")
	pid, ok := directive.ParseInt(text)
	if !ok {
		log.Error(nil, `invalid PID number "%s" in "%s"`, text, name)
		return codeError
	}
	sig := signalOf[word]
	if err := proc.Kill(pid, sig); err != nil {
		log.Alert(err, "kill(%d, %d) failed", pid, int(sig))
		return codeError
	}
	return codeOK
}
