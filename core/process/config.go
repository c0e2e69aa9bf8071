package process

import (
	"moongate/core/cycle"
	"moongate/core/errlog"
)

// Config is what a program says about itself to be run.
type Config struct {
	Program *cycle.Program
	Options cycle.Options
	Args    []string // argv as it was
	// Word begins the titles and is the short name in ps: nginx when the
	// program was called so, else its own name.
	Word string
	// Banner is logged at the start: "nginx/1.31.2" and how it was built.
	Banner []string
	// Log is where the start logs to.
	Log errlog.Log
}

// Exit codes of a process. A worker that ends with codeFatal is not started again.
const (
	codeOK    = 0
	codeError = 1
	codeFatal = 2
)
