package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"moongate/keepalived/conf"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// config_save_dir keeps what each reload has read, and what a process was before and
// after it: keepalived.conf.PID.N, keepalived_vrrp.PID.N.pre and .post.

// saveConfig keeps the configuration that was read as the parent's n-th.
func saveConfig(dir string, f *conf.File, n int, log role.Logf) {
	if dir != "" {
		saveIn(dir, fmt.Sprintf("keepalived.conf.%d.%d", os.Getpid(), n), linesOf(f), log)
	}
}

// linesOf writes a configuration as it was understood: without comments, with
// what was included in its place.
func linesOf(f *conf.File) string {
	var b strings.Builder
	file := ""
	for i := range f.Lines {
		l := &f.Lines[i]
		if l.Brace == '{' {
			b.WriteString(" {")
			continue
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		if l.Pos.File != file {
			file = l.Pos.File
			b.WriteString("# " + file + "\n")
		}
		if l.Brace == '}' {
			b.WriteByte('}')
			continue
		}
		b.WriteString(l.Raw)
	}
	b.WriteString("\n!\n")
	return b.String()
}

// saveState keeps what this process knows around its n-th reload; when is "pre" or "post".
func (s *session) saveState(c *config.Config, n int, when string) {
	dir := c.Global.SaveDir
	if dir == "" {
		return
	}
	name := fmt.Sprintf("%s.%d.%d.%s", savedAs[s.Role], os.Getpid(), n, when)
	s.ask(func(st *status.Status) {
		saveIn(dir, name, status.Global(&c.Global, s.Role == role.VRRP, status.Reload{})+st.Data(c, string(s.Role)), s.logger.log)
	})
}

var savedAs = map[role.Name]string{role.VRRP: "keepalived_vrrp", role.Checker: "keepalived_check", role.BFD: "keepalived_bfd"}

func saveIn(dir, name, text string, log role.Logf) {
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		log(role.Info, "Unable to create config_save_dir %s (%s)", dir, reason(err))
		return
	}
	save(filepath.Join(dir, name), text, log)
}
