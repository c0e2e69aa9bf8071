package command

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"moongate/gateway"
	"moongate/gateway/entity"
)

// options are what a command was called with.
type options struct {
	Streams
	operands         []string
	addr             string
	token, tokenFile string
	tags             string
	store, output    string
	conf, prefix     string
	full, dryRun     bool
	role, secretFile string
	known            *entity.Model // once model was called
}

// parse takes options before and behind operands.
func (o *options) parse(f *flag.FlagSet, args []string) error {
	for {
		if err := f.Parse(args); err != nil {
			return err
		}
		if f.NArg() == 0 {
			return nil
		}
		o.operands = append(o.operands, f.Arg(0))
		args = f.Args()[1:]
	}
}

func apiFlags(o *options, f *flag.FlagSet) {
	askFlags(o, f)
	f.StringVar(&o.store, "store", "", "use this `store` itself instead of the Admin API, when nothing runs: bolt:FILE, file:FILE or etcd://HOST:PORT/PREFIX")
	f.StringVar(&o.tags, "select-tag", "", "only what has one of these `tags` (a,b)")
	confFlags(o, f)
}

// askFlags are for what asks the Admin API and nothing else.
func askFlags(o *options, f *flag.FlagSet) {
	f.StringVar(&o.addr, "addr", "127.0.0.1:8001", "the Admin API: `host:port`, or an address with http:// or https://")
	f.StringVar(&o.token, "token", "", "the `token`; better in the environment, MOONGATE_TOKEN, where ps does not show it")
	f.StringVar(&o.tokenFile, "token-file", "", "a `file` that holds the token and nothing else")
}

func confFlags(o *options, f *flag.FlagSet) {
	f.StringVar(&o.conf, "c", "", "the `nginx.conf` whose lua_plugins are to be known")
	f.StringVar(&o.prefix, "p", "", "its prefix `folder`")
}

func dumpFlags(o *options, f *flag.FlagSet) {
	apiFlags(o, f)
	f.StringVar(&o.output, "o", "", "write to this `file`, which only its owner may read, instead of standard output")
	f.BoolVar(&o.full, "full", false, "with all defaults, ids and times")
}

func importFlags(o *options, f *flag.FlagSet) {
	f.StringVar(&o.output, "o", "", "write to this `file` instead of standard output")
	confFlags(o, f)
}

func syncFlags(o *options, f *flag.FlagSet) {
	apiFlags(o, f)
	f.BoolVar(&o.dryRun, "dry-run", false, "show the changes and make none")
}

// secret is the token to use; "" is none, for an API that takes none.
func (o *options) secret() (string, error) {
	switch {
	case o.token != "" && o.tokenFile != "":
		return "", errors.New("-token and -token-file say the same thing: give one")
	case o.token != "":
		return o.token, nil
	case o.tokenFile != "":
		text, err := os.ReadFile(o.tokenFile)
		if err != nil {
			return "", err
		}
		token := strings.TrimSpace(string(text))
		if token == "" || strings.ContainsAny(token, " \t\r\n") {
			return "", fmt.Errorf("%s must hold the token and nothing else; the server's own file has digests only", o.tokenFile)
		}
		return token, nil
	}
	return o.Env("MOONGATE_TOKEN"), nil
}

// read is what a file says; - is standard input.
func (o *options) read(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(o.In)
	}
	return os.ReadFile(name)
}

// write puts a text where it is wanted.
func (o *options) write(text []byte) error {
	if o.output == "" || o.output == "-" {
		_, err := o.Out.Write(text)
		return err
	}
	f, err := os.OpenFile(o.output, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = private(f)
	if err == nil {
		_, err = f.Write(text)
	}
	return errors.Join(err, f.Close())
}

// private makes a file that was there already one for its owner only, before it holds
// anything that is secret. What is no file, such as a pipe, stays as it is.
func private(f *os.File) error {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	return f.Chmod(0o600)
}

// model is of the entities and plugins of this program, and of the plugins in Lua that the
// configuration of -c names.
func (o *options) model() (*entity.Model, error) {
	if o.known != nil {
		return o.known, nil
	}
	plugins := gateway.Registry()
	if o.conf != "" || o.prefix != "" {
		if o.Plugins == nil {
			return nil, errors.New("-c and -p: this program reads no configuration")
		}
		var err error
		if plugins, err = o.Plugins(o.conf, o.prefix); err != nil {
			return nil, err
		}
	}
	o.known = entity.NewModel(gateway.Outside(plugins))
	return o.known, nil
}
