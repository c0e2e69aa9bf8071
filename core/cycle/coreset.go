package cycle

import (
	"errors"
	"os/user"
	"slices"
	"strconv"
	"strings"

	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/edge/sys/proc"
)

// User is whom worker processes run as.
type User struct {
	Name     string
	UID, GID int
	Groups   []int // supplementary ones, the main group included
	Set      bool  // false when the master is not root: workers stay as they are
}

// setUser is ngx_set_user.
func setUser(call *directive.Call, c *Core) error {
	if c.User.Written {
		return directive.Duplicate
	}
	if proc.EffectiveUID() != 0 {
		call.Warn(`the "user" directive makes sense only if the master process runs with super-user privileges, ignored`)
		return nil
	}
	group := call.Args[0]
	if len(call.Args) == 2 {
		group = call.Args[1]
	}
	u, err := lookUp(call.Args[0], group)
	if err != nil {
		return directive.Errorf("%s", err)
	}
	c.User.Put(call, u)
	return nil
}

// lookUp reads /etc/passwd and /etc/group.
func lookUp(name, group string) (User, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return User{}, errors.New(`getpwnam("` + name + `") failed`)
	}
	g, err := user.LookupGroup(group)
	if err != nil {
		return User{}, errors.New(`getgrnam("` + group + `") failed`)
	}
	found := User{Name: name, Set: true}
	found.UID, _ = strconv.Atoi(u.Uid)
	found.GID, _ = strconv.Atoi(g.Gid)
	found.Groups = []int{found.GID}
	gids, _ := u.GroupIds()
	for _, text := range gids {
		if gid, err := strconv.Atoi(text); err == nil && gid != found.GID && strconv.Itoa(gid) != u.Gid {
			found.Groups = append(found.Groups, gid)
		}
	}
	return found, nil
}

// lookUpDefault finds the user that nginx's configure would have chosen: nobody,
// with the group of that name, or nogroup where Debian has that instead.
func lookUpDefault() (User, error) {
	u, err := lookUp(defaultUser, defaultUser)
	if err != nil {
		if other, err := lookUp(defaultUser, "nogroup"); err == nil {
			return other, nil
		}
	}
	return u, err
}

func parseWorkers(call *directive.Call) (int, error) {
	if call.Args[0] == "auto" {
		return proc.CPUs(), nil
	}
	n, ok := directive.ParseInt(call.Args[0])
	if !ok {
		return 0, directive.Reason("invalid value")
	}
	return n, nil
}

// setPriority is ngx_set_priority: 0 is as good as none, also for what is written twice.
func setPriority(call *directive.Call, c *Core) error {
	if c.Priority.V != 0 {
		return directive.Duplicate
	}
	text := call.Args[0]
	n, ok := directive.ParseInt(strings.TrimPrefix(strings.TrimPrefix(text, "-"), "+"))
	if !ok || strings.HasPrefix(text, "-+") {
		return directive.Reason("invalid number")
	}
	if text[0] == '-' {
		n = -n
	}
	c.Priority.Put(call, n)
	return nil
}

// Affinity is the processors of each worker.
type Affinity struct {
	Auto  bool
	Masks []proc.CPUSet
}

// parseAffinity is ngx_set_cpu_affinity.
func parseAffinity(call *directive.Call) (Affinity, error) {
	var a Affinity
	masks := call.Args
	if masks[0] == "auto" {
		if len(masks) > 2 {
			return a, directive.Errorf(`invalid number of arguments in "worker_cpu_affinity" directive`)
		}
		a.Auto = true
		var all proc.CPUSet
		for cpu := range min(proc.CPUs(), proc.MaxCPU) {
			all.Add(cpu)
		}
		a.Masks = append(a.Masks, all)
		masks = masks[1:]
	}
	for _, text := range masks {
		if len(text) > proc.MaxCPU {
			return a, directive.Errorf(`"worker_cpu_affinity" supports up to %d CPUs only`, proc.MaxCPU)
		}
		var set proc.CPUSet
		cpu := 0
		for i := len(text) - 1; i >= 0; i-- {
			switch text[i] {
			case ' ':
				continue
			case '1':
				set.Add(cpu)
			case '0':
			default:
				return a, directive.Errorf(`invalid character "%c" in "worker_cpu_affinity"`, text[i])
			}
			cpu++
		}
		a.Masks = append(a.Masks, set)
	}
	return a, nil
}

// Of is the processors of a worker, nil for all (ngx_get_cpu_affinity).
func (a *Affinity) Of(worker int) *proc.CPUSet {
	if len(a.Masks) == 0 {
		return nil
	}
	last := &a.Masks[len(a.Masks)-1]
	if !a.Auto {
		return &a.Masks[min(worker, len(a.Masks)-1)]
	}
	n := last.Count()
	if n == 0 {
		return nil
	}
	var one proc.CPUSet
	nth := worker % n
	for cpu := range proc.MaxCPU {
		if last.Has(cpu) {
			if nth == 0 {
				one.Add(cpu)
				return &one
			}
			nth--
		}
	}
	return nil
}

// ThreadPool is a pool that aio may name.
type ThreadPool struct {
	Name     string
	Threads  int
	MaxQueue int
}

type poolUse struct {
	name string
	at   syntax.Pos
}

// checkThreadPools is ngx_thread_pool_init_conf: the pool "default" need not be
// declared.
func (b *Builder) checkThreadPools() error {
	for _, use := range b.pools {
		declared := func(p ThreadPool) bool { return p.Name == use.name }
		if use.name != "default" && !slices.ContainsFunc(b.Core.ThreadPools, declared) {
			return directive.ErrorAt(use.at, `unknown thread pool "%s"`, use.name)
		}
	}
	return nil
}

// inheritFiles lets what is read from here on come from the generation before.
func inheritFiles(call *directive.Call, c *Core) error {
	if b := BuilderOf(call); c.Inheritable.V && b.Old != nil {
		b.Snapshot.Inherit(b.Old.Snapshot)
	}
	return nil
}

// addThreadPool is ngx_thread_pool.
func addThreadPool(call *directive.Call, c *Core) error {
	p := ThreadPool{Name: call.Args[0], MaxQueue: 65536}
	for _, old := range c.ThreadPools {
		if old.Name == p.Name {
			return directive.Errorf(`duplicate thread pool "%s"`, p.Name)
		}
	}
	for _, arg := range call.Args[1:] {
		name, value, _ := strings.Cut(arg, "=")
		n, ok := directive.ParseInt(value)
		switch {
		case name == "threads" && strings.HasPrefix(arg, "threads="):
			if !ok || n == 0 {
				return directive.Errorf(`invalid threads value "%s"`, arg)
			}
			p.Threads = n
		case name == "max_queue" && strings.HasPrefix(arg, "max_queue="):
			if !ok {
				return directive.Errorf(`invalid max_queue value "%s"`, arg)
			}
			p.MaxQueue = n
		}
	}
	if p.Threads == 0 {
		return directive.Errorf(`"%s" must have "threads" parameter`, call.Name)
	}
	c.ThreadPools = append(c.ThreadPools, p)
	return nil
}

// loadModule takes what is built in; the rest fails as it does when the file is
// not there (ngx_load_module).
func loadModule(call *directive.Call, c *Core) error {
	b := BuilderOf(call)
	if b.modulesUsed {
		return directive.Reason("is specified too late")
	}
	file := syntax.FullName(b.Prefix, call.Args[0])
	name, known := config.ModuleOfFile(file)
	for _, old := range c.loaded {
		if old == name {
			return directive.Errorf(`module "%s" is already loaded`, name)
		}
	}
	if b.table.BuiltIn(name) {
		c.loaded = append(c.loaded, name)
		call.Notice(`module "%s" is built in, nothing is loaded`, name)
		return nil
	}
	err := directive.Errorf(`dlopen() "%s" failed (%s: cannot open shared object file: No such file or directory)`, file, file)
	if known {
		return directive.Helped(err, `%s is not built in yet; modules of nginx itself cannot be loaded`, name)
	}
	return directive.Helped(err, `modules made for nginx cannot be loaded`)
}
