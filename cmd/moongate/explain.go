package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"unicode/utf8"

	"moongate/assembly"
	"moongate/core/cycle"
	"moongate/core/process"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	gateway "moongate/gateway/explain"
)

const explainUsage = `Usage: moongate explain [-H 'Name: value']... [--from ADDRESS] [--json] '[METHOD] URI'

Says what would become of a request, and why. Nothing is sent or started.

By a configuration:
  -c filename     : the configuration file
  -p prefix       : the prefix path
  -g directives   : global directives out of the file
By a running gateway:
  --admin URL     : its Admin API, http://127.0.0.1:8001
  --token TOKEN   : for it; $MOONGATE_TOKEN without

  -H 'Name: value': a header of the request, again for more
  --from ADDRESS  : the client's address, 127.0.0.1 without
  --consumer NAME : who is authenticated (with --admin)
  --json          : for programs
`

// asking is the command line of explain.
type asking struct {
	options
	request, from, admin, token, consumer string
	headers                               []http1.Header
	json, help                            bool
}

func parseExplain(args []string) (*asking, error) {
	a := &asking{token: os.Getenv("MOONGATE_TOKEN")}
	values := map[string]func(string) error{
		"-c":         func(v string) error { return a.take('c', v) },
		"-p":         func(v string) error { return a.take('p', v) },
		"-g":         func(v string) error { return a.take('g', v) },
		"-H":         a.header,
		"--from":     func(v string) error { a.from = v; return nil },
		"--admin":    func(v string) error { a.admin = v; return nil },
		"--token":    func(v string) error { a.token = v; return nil },
		"--consumer": func(v string) error { a.consumer = v; return nil },
	}
	var words []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		name, value, given := strings.Cut(arg, "=")
		switch {
		case arg == "--json":
			a.json = true
		case arg == "-h" || arg == "--help":
			a.help = true
		case values[arg] != nil:
			if i++; i == len(args) {
				return nil, fmt.Errorf("option %q needs a value", arg)
			}
			if err := values[arg](args[i]); err != nil {
				return nil, err
			}
		case given && strings.HasPrefix(name, "--") && values[name] != nil:
			if err := values[name](value); err != nil {
				return nil, err
			}
		case strings.HasPrefix(arg, "-"):
			return nil, fmt.Errorf("invalid option: %q", arg)
		default:
			words = append(words, arg)
		}
	}
	a.request = strings.Join(words, " ")
	switch {
	case a.help:
		return a, nil
	case a.request == "":
		return nil, errors.New("which request? as in: moongate explain 'GET /api'")
	case a.admin != "" && (a.hasConf || a.hasPrefix || a.params != ""):
		return nil, errors.New("a running gateway and a configuration file: only one of them can be asked")
	case a.admin == "" && a.consumer != "":
		return nil, errors.New("--consumer needs --admin")
	}
	return a, nil
}

func (a *asking) header(text string) error {
	name, value, ok := strings.Cut(text, ":")
	if name = strings.TrimSpace(name); !ok || name == "" || strings.ContainsAny(text, "\r\n") {
		return fmt.Errorf("%q is no header: write 'Name: value'", text)
	}
	a.headers = append(a.headers, http1.Header{Name: name, Value: strings.TrimSpace(value)})
	return nil
}

// line is the request's method and target.
func (a *asking) line() (method, target string, err error) {
	words := strings.Fields(a.request)
	switch len(words) {
	case 1:
		method, target = "GET", words[0]
	case 2:
		method, target = words[0], words[1]
	default:
		return "", "", fmt.Errorf("%q is no request: write 'GET /api'", a.request)
	}
	if !strings.HasPrefix(target, "/") && !strings.Contains(target, "://") {
		return "", "", fmt.Errorf("%q begins neither with / nor with http://", target)
	}
	return method, target, nil
}

// explain is the command: 0 when something could be told, 1 when not, 2 for a command
// line that is wrong.
func explain(args []string) int { return explainTo(args, os.Stdout, os.Stderr) }

func explainTo(args []string, out, errs io.Writer) int {
	a, err := parseExplain(args)
	if err == nil && a.help {
		fmt.Fprint(out, explainUsage)
		return 0
	}
	var method, target string
	if err == nil {
		method, target, err = a.line()
	}
	if err != nil {
		fmt.Fprintf(errs, "moongate explain: %s\n", err)
		return 2
	}
	tell := a.byFile
	if a.admin != "" {
		tell = a.byGateway
	}
	if err := tell(method, target, out); err != nil {
		if !errors.Is(err, cycle.ErrRefused) { // that has been told
			fmt.Fprintf(errs, "moongate explain: %s\n", err)
		}
		return 1
	}
	return 0
}

func (a *asking) byGateway(method, target string, out io.Writer) error {
	q := &gateway.Request{Method: method, URL: target, Client: a.from, Consumer: a.consumer, Headers: gateway.Headers{}}
	for _, h := range a.headers {
		name := strings.ToLower(h.Name)
		q.Headers[name] = append(q.Headers[name], h.Value)
	}
	answer, raw, err := gateway.Ask(a.admin, a.token, q)
	if err != nil {
		return err
	}
	if a.json {
		_, err = fmt.Fprintf(out, "%s\n", raw)
		return err
	}
	_, err = io.WriteString(out, answer.Text())
	return err
}

func (a *asking) byFile(method, target string, out io.Writer) error {
	q := &httpd.Question{Method: method, Target: target, Headers: a.headers}
	if a.from != "" {
		addr, err := netip.ParseAddr(a.from)
		if err != nil {
			return fmt.Errorf("%q is no address", a.from)
		}
		q.From = netip.AddrPortFrom(addr, 0)
	}
	opts := a.settings()
	opts.ErrorLog = "" // faults go to the terminal
	lines, err := assembly.Explain(opts, process.StartLog(&opts), q)
	if err != nil {
		return err
	}
	if a.json {
		return encode(out, lines)
	}
	return printLines(out, lines)
}

func encode(out io.Writer, lines []httpd.Line) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(lines)
}

// wide is how wide the column of texts may become; what is longer pushes its place away.
const wide = 76

// printLines prints in columns; a step is named where it begins.
func printLines(out io.Writer, lines []httpd.Line) error {
	steps, texts := 0, 0
	for _, l := range lines {
		steps = max(steps, len(l.Step))
		if n := utf8.RuneCountInString(l.Text); l.At != "" && n <= wide {
			texts = max(texts, n)
		}
	}
	var b strings.Builder
	last := ""
	for _, l := range lines {
		step := l.Step
		if step == last {
			step = ""
		}
		last = l.Step
		text := l.Text
		if l.At != "" {
			text += strings.Repeat(" ", max(0, texts-utf8.RuneCountInString(text))) + "  " + l.At
		}
		fmt.Fprintf(&b, "%-*s  %s\n", steps, step, text)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
