package proc

import (
	"os"
	"os/signal"
	"strconv"
	"syscall"
)

// Signal is the number of a signal.
type Signal int

// The signals that a server's life knows.
const (
	SIGHUP   = Signal(syscall.SIGHUP)
	SIGINT   = Signal(syscall.SIGINT)
	SIGQUIT  = Signal(syscall.SIGQUIT)
	SIGABRT  = Signal(syscall.SIGABRT)
	SIGKILL  = Signal(syscall.SIGKILL)
	SIGUSR1  = Signal(syscall.SIGUSR1)
	SIGUSR2  = Signal(syscall.SIGUSR2)
	SIGPIPE  = Signal(syscall.SIGPIPE)
	SIGALRM  = Signal(syscall.SIGALRM)
	SIGTERM  = Signal(syscall.SIGTERM)
	SIGCHLD  = Signal(syscall.SIGCHLD)
	SIGSTOP  = Signal(syscall.SIGSTOP)
	SIGWINCH = Signal(syscall.SIGWINCH)
	SIGIO    = Signal(syscall.SIGIO)
	SIGSYS   = Signal(syscall.SIGSYS)
	SIGXCPU  = Signal(syscall.SIGXCPU)
)

var names = map[Signal]string{
	SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGABRT: "SIGABRT", SIGKILL: "SIGKILL",
	SIGUSR1: "SIGUSR1", SIGUSR2: "SIGUSR2", SIGPIPE: "SIGPIPE", SIGALRM: "SIGALRM", SIGTERM: "SIGTERM",
	SIGCHLD: "SIGCHLD", SIGSTOP: "SIGSTOP", SIGWINCH: "SIGWINCH", SIGIO: "SIGIO", SIGSYS: "SIGSYS",
}

// String is the name as in signal.h.
func (s Signal) String() string {
	if n := names[s]; n != "" {
		return n
	}
	return "SIG" + strconv.Itoa(int(s))
}

// Catch delivers the given signals to the channel, in the order they came.
func Catch(to chan<- Signal, sigs ...Signal) {
	in := make(chan os.Signal, 64)
	for _, s := range sigs {
		signal.Notify(in, syscall.Signal(s))
	}
	go func() {
		for s := range in {
			to <- Signal(s.(syscall.Signal))
		}
	}()
}

// Ignore makes the process deaf to the given signals.
func Ignore(sigs ...Signal) {
	for _, s := range sigs {
		signal.Ignore(syscall.Signal(s))
	}
}

// KillGroup sends a signal to all processes of a group.
func KillGroup(pgid int, s Signal) error { return syscall.Kill(-pgid, syscall.Signal(s)) }

// Kill sends a signal to a process.
func Kill(pid int, s Signal) error { return syscall.Kill(pid, syscall.Signal(s)) }

// KillSelf ends this process by a signal that keeps its default meaning.
func KillSelf(s Signal) {
	signal.Reset(syscall.Signal(s))
	syscall.Kill(os.Getpid(), syscall.Signal(s))
}

// texts are strsignal's of glibc for signals that end a process.
var texts = map[Signal]string{
	SIGHUP: "Hangup", SIGINT: "Interrupt", SIGQUIT: "Quit", SIGABRT: "Aborted", SIGKILL: "Killed", SIGPIPE: "Broken pipe",
	SIGALRM: "Alarm clock", SIGTERM: "Terminated", SIGSYS: "Bad system call", SIGXCPU: "CPU time limit exceeded",
	Signal(syscall.SIGILL): "Illegal instruction", Signal(syscall.SIGTRAP): "Trace/breakpoint trap",
	Signal(syscall.SIGBUS): "Bus error", Signal(syscall.SIGFPE): "Floating point exception",
	Signal(syscall.SIGSEGV): "Segmentation fault", Signal(syscall.SIGXFSZ): "File size limit exceeded",
	SIGUSR1: "User defined signal 1", SIGUSR2: "User defined signal 2",
}

// Text is what the C library says of the signal.
func (s Signal) Text() string {
	if t := texts[s]; t != "" {
		return t
	}
	return "Unknown signal " + strconv.Itoa(int(s))
}
