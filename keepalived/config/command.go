package config

import (
	"path/filepath"
	"strings"

	"moongate/keepalived/conf"
)

// quoted splits the line again as a shell does: that is how keywords with a
// command read it. false: something was wrong, which is told.
func (r *reader) quoted() ([]string, bool) { return r.command(r.raw) }

// command splits the words of a script.
func (r *reader) command(text string) ([]string, bool) {
	args, wrong := conf.Quoted(text)
	if wrong != "" {
		r.err("%s", wrong)
		return nil, false
	}
	return args, true
}

// owner is who runs a script: what a user and a group are called, or the
// default. false: there is no such user.
func (r *reader) owner(c *Command, words []string) bool {
	if len(words) == 0 {
		g := &r.config.Global
		c.UID, c.GID, c.Groups = g.ScriptUID, g.ScriptGID, g.ScriptGroups || g.SetGroups
		return true
	}
	uid, gid, ok := r.host.User(words[0])
	if !ok {
		r.log("Script user '%s' does not exist", words[0])
		return false
	}
	c.UID, c.GID, c.Groups = uid, gid, r.config.Global.SetGroups
	if len(words) < 2 {
		return true
	}
	name := words[1]
	if strings.HasPrefix(name, ":") {
		c.Groups, name = true, name[1:]
	}
	if name == "" {
		return true
	}
	if c.GID, ok = r.host.Group(name); !ok {
		r.log("Script group '%s' does not exist", name)
	}
	return ok
}

// notify reads a script that is run at an event: the command, then who runs it.
func (r *reader) notify(kind string) (c Command, ok bool) {
	words, ok := r.quoted()
	if !ok || len(words) < 2 {
		return c, false
	}
	if c.Args, ok = r.command(words[1]); !ok {
		return Command{}, false
	}
	c.Pos = r.pos
	if !r.owner(&c, words[2:]) {
		r.log("Invalid user/group for %s script %s - ignoring", kind, words[1])
		return Command{}, false
	}
	return c, len(c.Args) > 0
}

// safety is what was found out about a script.
type safety int

const (
	usable safety = iota
	insecure
	unusable
	noExec // as unusable, but no error
)

// resolve finds a script's file and whether it may run, and fills in its path.
func (r *reader) resolve(c *Command) safety {
	name := c.Args[0]
	if !strings.Contains(name, "/") {
		found := ""
		for _, dir := range r.host.Path() {
			if f, err := r.host.Stat(filepath.Join(dir, name)); err == nil && f.Mode&modeKind == modeFile && f.may(c) {
				found = filepath.Join(dir, name)
				break
			}
		}
		if found == "" {
			r.log("Cannot find script %s in path - disabling", name)
			return unusable
		}
		r.log("WARNING - script `%s` resolved by path search to `%s`. Please specify full path.", name, found)
		name = found
	}
	c.Args[0] = name
	name = r.host.Real(name)
	if !r.config.Global.SymlinkPaths {
		c.Args[0] = name
	}
	f, err := r.host.Stat(name)
	if err != nil {
		r.log("Script %s cannot be accessed - %s", name, systemText(err))
		return unusable
	}
	if f.Mode&modeKind != modeFile {
		r.log("Wrong file type found in script path '%s'.", name)
		return insecure
	}
	if !f.may(c) {
		r.log("WARNING - script '%s' is not executable for uid:gid %d:%d - disabling.", name, c.UID, c.GID)
		return noExec
	}
	r.scripts = true
	if c.UID == 0 && !r.guarded(name) {
		note := ""
		if r.config.Global.ScriptSecurity {
			note = " - disabling"
		}
		r.log("Unsafe permissions found for script '%s'%s.", c.Args[0], note)
		if r.config.Global.ScriptSecurity {
			return insecure
		}
	}
	return usable
}

// may tells whether a script's user may execute a file.
func (f FileInfo) may(c *Command) bool {
	switch {
	case c.UID == 0:
		return f.Mode&0o111 != 0
	case f.UID == c.UID:
		return f.Mode&0o100 != 0
	case f.GID == c.GID:
		return f.Mode&0o010 != 0
	}
	return f.Mode&0o001 != 0
}

// guarded tells whether nobody but root can change or replace a file: it and
// all directories above it are root's, and others may not write to them. A
// directory with the sticky bit may be written to.
func (r *reader) guarded(name string) bool {
	for depth := 0; depth < maxLinks; depth++ {
		f, err := r.host.Stat(name)
		if err != nil {
			return false
		}
		sticky := f.Mode&modeKind == modeDir && f.Mode&0o1000 != 0
		if f.UID != 0 || !sticky && (f.Mode&0o002 != 0 || f.Mode&0o020 != 0 && f.GID != 0) {
			return false
		}
		if name == "/" || name == "." {
			return true
		}
		name = filepath.Dir(name)
	}
	return false
}

const maxLinks = 255

// systemText is an error of the system in its own words.
func systemText(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
