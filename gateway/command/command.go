// Package command is "moongate gateway": what people and scripts do with a
// declarative file at the command line. dump, diff and sync speak to the Admin API;
// validate and import need nothing that runs.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"moongate/gateway/entity"
)

// What the program ends with.
const (
	fine      = 0
	failed    = 1
	different = 2 // diff found something, as decK's
)

// Streams are those of the process, and what it knows besides.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	Env      func(string) string
	Colour   bool // Out is a terminal
	Plugins  Plugins
}

// Plugins reads which plugins a configuration knows: those of the program, and those in Lua
// that it names. Either may be "", for the usual file or prefix.
type Plugins func(conf, prefix string) (entity.Plugins, error)

// command is one word behind "moongate gateway".
type command struct {
	name, args, doc string
	flags           func(*options, *flag.FlagSet)
	run             func(context.Context, *options) (int, error)
	operands        [2]int // least and most
}

func commands() []command {
	return []command{
		{"dump", "", "Prints the configuration as a declarative file.", dumpFlags, dump, [2]int{0, 0}},
		{"diff", "FILE", "Shows what sync would change. Exit code 2: there is something.", apiFlags, diff, [2]int{1, 1}},
		{"sync", "FILE", "Makes the configuration what the file says, all of it or nothing.", syncFlags, sync, [2]int{1, 1}},
		{"validate", "FILE", "Checks a file; nothing has to run.", confFlags, validate, [2]int{1, 1}},
		{"user", "DO [NAME]", "Users of the Admin API and the dashboard: DO is list, add, role, passwd, token or remove.", userFlags, users, [2]int{1, 2}},
		{"import", "FROM FILE", "Makes a declarative file of another gateway's: FROM is kong, apisix, orange or nginx.", importFlags, importFile, [2]int{2, 2}},
	}
}

// Main runs with the streams of this process; args are those behind "gateway".
func Main(args []string, plugins Plugins) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	info, err := os.Stdout.Stat()
	terminal := err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == ""
	return Run(ctx, args, Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.Getenv, Colour: terminal, Plugins: plugins})
}

// Run is one call.
func Run(ctx context.Context, args []string, s Streams) int {
	if len(args) == 0 {
		usage(s.Err)
		return failed
	}
	switch args[0] {
	case "help", "-h", "--help":
		usage(s.Out)
		return fine
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.call(ctx, args[1:], s)
		}
	}
	fmt.Fprintf(s.Err, "moongate gateway: there is no command %q\n\n", args[0])
	usage(s.Err)
	return failed
}

func (c *command) call(ctx context.Context, args []string, s Streams) int {
	o := &options{Streams: s}
	f := flag.NewFlagSet("moongate gateway "+c.name, flag.ContinueOnError)
	f.SetOutput(s.Err)
	f.Usage = func() { c.usage(f) }
	if c.flags != nil {
		c.flags(o, f)
	}
	err := o.parse(f, args)
	if errors.Is(err, flag.ErrHelp) {
		return fine
	}
	if err != nil {
		return failed // flag has said it
	}
	if n := len(o.operands); n < c.operands[0] || n > c.operands[1] {
		fmt.Fprintf(s.Err, "moongate gateway %s: %d arguments, it takes: %s\n", c.name, n, c.args)
		return failed
	}
	code, err := c.run(ctx, o)
	if err != nil {
		fmt.Fprintf(s.Err, "moongate gateway %s: %s\n", c.name, err)
		return failed
	}
	return code
}

func usage(w io.Writer) {
	fmt.Fprint(w, "usage: moongate gateway COMMAND [options] [FILE]   (a FILE of - is standard input)\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %-12s %s\n", c.name, c.args, c.doc)
	}
	fmt.Fprint(w, "\nmoongate gateway COMMAND -h tells the options.\n")
}

func (c *command) usage(f *flag.FlagSet) {
	fmt.Fprintf(f.Output(), "usage: %s [options] %s\n%s\n\n", f.Name(), c.args, c.doc)
	f.PrintDefaults()
}
