package log

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// mainConf is what there is once: the formats, and a place for each file.
type mainConf struct {
	formats []*format
	outputs map[*cycle.OpenFile]*output
}

// conf is what a level says.
type conf struct {
	logs  []*target
	off   bool
	cache directive.Value[*fileCache]
}

// target is one access_log: where lines go, and what is in them
// (ngx_http_log_t). Exactly one of out, path and syslog is set.
type target struct {
	out    *output
	path   *httpd.Value
	syslog *errlog.Syslog
	format *format
	filter *httpd.Value
	guard  guard // of path; files have one in their output
}

// defaultPath is nginx's NGX_HTTP_LOG_PATH.
const defaultPath = "logs/access.log"

func newMain() *mainConf {
	return &mainConf{formats: []*format{{name: "combined"}}, outputs: map[*cycle.OpenFile]*output{}}
}

func wanted(c any) bool {
	cf := c.(*conf)
	return !cf.off && len(cf.logs) > 0
}

// merge is ngx_http_log_merge_loc_conf: a level with logs of its own has no
// others, and who has none at all gets the default one.
func merge(b *httpd.Builder, parent, child any) error {
	if parent == nil {
		return nil
	}
	p, c := parent.(*conf), child.(*conf)
	if len(c.logs) > 0 || c.off {
		return nil
	}
	c.logs, c.off = p.logs, p.off
	if len(c.logs) > 0 || c.off {
		return nil
	}
	m := httpd.MainConf[mainConf](b, Module)
	f, err := m.format(b, "combined")
	if err != nil {
		return err
	}
	c.logs = []*target{{out: m.output(b.Cycle.AddLog(defaultPath)), format: f}}
	return nil
}

// format finds a format by name; the predefined one is compiled when somebody
// uses it.
func (m *mainConf) format(b *httpd.Builder, name string) (*format, error) {
	for _, f := range m.formats {
		if strings.EqualFold(f.name, name) {
			if f == m.formats[0] && f.ops == nil {
				return f, f.compile(b, []string{combined})
			}
			return f, nil
		}
	}
	return nil, directive.Errorf("unknown log format \"%s\"", name)
}

// output is the place of a file: all access_logs that name it share its buffer.
func (m *mainConf) output(f *cycle.OpenFile) *output {
	o := m.outputs[f]
	if o == nil {
		o = &output{file: f}
		m.outputs[f] = o
	}
	return o
}
