// Package filelog is the plugin file-log: a line of JSON in a file for each request.
package filelog

import (
	"bytes"
	"os"
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
	"moongate/gateway/schema"
)

// Plugin is file-log.
var Plugin = plugin.Plugin{
	Name:     "file-log",
	Observes: true,
	Doc:      "Writes a line about each request to a file.",
	Config: schema.Shape{Fields: logging.With(
		schema.Field{Name: "path", Kind: schema.String, Required: true, Check: checkPath, Doc: "The file; it is made when it is not there."},
		schema.Field{Name: "reopen", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether it is opened anew for each batch of lines."},
	)},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		var conf struct {
			logging.Content
			Path   string `json:"path"`
			Reopen bool   `json:"reopen"`
		}
		if err := c.Decode(&conf); err != nil {
			return nil, err
		}
		s := &sink{path: conf.Path, reopen: conf.Reopen}
		if !strings.HasPrefix(s.path, "/") {
			s.path = e.Worker.Cycle.Prefix + s.path
		}
		return logging.New(logging.Env{Env: e, Name: "file-log " + c.ID}, logging.Standard, conf.Content, s, nil)
	},
}

// checkPath is Kong's pattern for a file name.
func checkPath(v any) string {
	s, _ := v.(string)
	if len(s) < 2 || strings.ContainsAny(s, "*&%\\`") || strings.TrimSpace(s) != s {
		return "not a valid filename"
	}
	return ""
}

// sink is the file. One that was moved away is noticed: lines go on in a new one.
type sink struct {
	path   string
	reopen bool
	file   *os.File
	all    []byte
}

// Write implements logging.Sink. A batch is one write, so that lines of several workers
// don't mix.
func (s *sink) Write(batch [][]byte) (int, error) {
	if s.file != nil && (s.reopen || s.moved()) {
		s.Close()
	}
	if s.file == nil {
		f, err := os.OpenFile(s.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
		if err != nil {
			return 0, err
		}
		s.file = f
	}
	s.all = append(append(s.all[:0], bytes.Join(batch, []byte("\n"))...), '\n')
	if _, err := s.file.Write(s.all); err != nil {
		return 0, err
	}
	return len(batch), nil
}

func (s *sink) moved() bool {
	there, err := os.Stat(s.path)
	if err != nil {
		return true
	}
	open, err := s.file.Stat()
	return err != nil || !os.SameFile(there, open)
}

// Close implements logging.Sink.
func (s *sink) Close() {
	if s.file != nil {
		s.file.Close()
		s.file = nil
	}
}
