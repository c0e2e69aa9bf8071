package httpd

// Program is code in a language that one module has and another extends itself with: the
// gateway's plugins in Lua.
type Program struct {
	Name string // as errors and stacks name it
	// Source is a chunk that is given a table of the Host functions and returns the
	// Functions, in this order.
	Source    string
	Functions []string
	Host      []HostFunc
	// Begin is the one of Functions that is called in each process that serves, once it is
	// about to.
	Begin int
}

// HostFunc is what a program may call. r is nil where it runs for no request. Arguments
// are good until it returns; ok false gives nothing back; an error is raised. It must not
// wait.
type HostFunc struct {
	Name string
	Run  func(r *Request, args []string) (text string, ok bool, err error)
}

// Language runs programs.
type Language interface {
	// Open loads a program for somebody who has no requests: the checks of a
	// configuration, a process beside the workers. Messages go to the log of b.
	Open(b *Builder, p *Program) (Machine, error)
	// Serve loads it in a process that serves, where its other code runs too.
	Serve(w *Worker, p *Program) (Machine, error)
}

// Machine is where a program runs. Functions are called by their place in
// Program.Functions, with a number that says for whom.
type Machine interface {
	// Ask calls one with texts, for no request, and gives what it returns. It can't wait.
	Ask(function int, args ...string) (string, error)
	// Run calls one in a phase, where it may wait and may answer the request: OK is
	// returned when it has not.
	Run(r *Request, p Phase, function, number int) Result
	// Header, Body and Log are the other phases: it can't wait there.
	Header(r *Request, function, number int) Result
	Body(r *Request, in []Buf, next Sink, function, number int) error
	Log(r *Request, function, number int)
	Close()
}

// SetLanguage is how a module offers one, from InitMain.
func (b *Builder) SetLanguage(l Language) { b.language = l }

// Language is what a module has offered, nil when none has.
func (b *Builder) Language() Language { return b.language }
