package cycle

import (
	"strconv"
	"time"

	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/core/errlog"
)

// owner of the rows below.
type owner struct{}

// Core is what the directives of the main context say (ngx_core_conf_t).
type Core struct {
	Daemon           directive.Value[bool]
	MasterProcess    directive.Value[bool]
	TimerResolution  directive.Value[time.Duration]
	ShutdownTimeout  directive.Value[time.Duration]
	Pid              directive.Value[string]
	LockFile         directive.Value[string]
	WorkerProcesses  directive.Value[int]
	DebugPoints      directive.Value[DebugPoint]
	User             directive.Value[User]
	Priority         directive.Value[int]
	Affinity         directive.Value[Affinity]
	RlimitNofile     directive.Value[int]
	RlimitCore       directive.Value[int64]
	WorkingDirectory directive.Value[string]
	PcreJIT          directive.Value[bool]
	Inheritable      directive.Value[bool]
	Env              []string // as written: NAME or NAME=value
	ThreadPools      []ThreadPool
	loaded           []string

	// Transparent is set by parts whose workers bind to foreign addresses.
	Transparent bool

	errorLog errlog.Chain
}

// DebugPoint is what happens at an impossible state.
type DebugPoint int

const (
	DebugPointsOff DebugPoint = iota
	DebugPointsStop
	DebugPointsAbort
)

// OldPid is where the pid file goes while a new binary runs beside the old one.
func (c *Core) OldPid() string { return c.Pid.V + ".oldbin" }

var coreDirectives = []directive.Directive{
	{
		Name: "daemon", Syntax: "on | off", Default: "on", In: directive.Main, Args: directive.FlagArg,
		Set: directive.Flag(func(c *Core) *directive.Value[bool] { return &c.Daemon }),
		Doc: "Whether the program leaves the terminal and runs in the background.",
	}, {
		Name: "master_process", Syntax: "on | off", Default: "on", In: directive.Main, Args: directive.FlagArg,
		Set: directive.Flag(func(c *Core) *directive.Value[bool] { return &c.MasterProcess }),
		Doc: "Whether worker processes are started, or the first process serves itself.",
	}, {
		Name: "timer_resolution", Syntax: "interval", Default: "0", In: directive.Main, Args: directive.Take1,
		Set:  directive.Msec(func(c *Core) *directive.Value[time.Duration] { return &c.TimerResolution }),
		Idle: "reading the clock needs no system call here", Doc: "Accepted for compatibility.",
	}, {
		Name: "worker_shutdown_timeout", Syntax: "time", Default: "0", In: directive.Main, Args: directive.Take1, Since: "1.11.11",
		Set: directive.Msec(func(c *Core) *directive.Value[time.Duration] { return &c.ShutdownTimeout }),
		Doc: "How long a worker that shuts down gracefully waits before it closes what is still busy; 0 means for ever.",
	}, {
		Name: "pid", Syntax: "file", Default: DefaultPid, In: directive.Main, Args: directive.Take1,
		Set: directive.Str(func(c *Core) *directive.Value[string] { return &c.Pid }),
		Doc: "File that holds the id of the master process.",
	}, {
		Name: "lock_file", Syntax: "file", Default: DefaultLock, In: directive.Main, Args: directive.Take1,
		Set: directive.Str(func(c *Core) *directive.Value[string] { return &c.LockFile }),
		Doc: "Accepted for compatibility: locks are made of shared memory, as in nginx on Linux.",
	}, {
		Name: "worker_processes", Syntax: "number | auto", Default: "1", In: directive.Main, Args: directive.Take1,
		Set: directive.Parsed(func(c *Core) *directive.Value[int] { return &c.WorkerProcesses }, parseWorkers),
		Doc: "How many worker processes serve; auto means one for each processor.",
	}, {
		Name: "debug_points", Syntax: "abort | stop", In: directive.Main, Args: directive.Take1,
		Set: directive.Enum(func(c *Core) *directive.Value[DebugPoint] { return &c.DebugPoints },
			map[string]DebugPoint{"stop": DebugPointsStop, "abort": DebugPointsAbort}),
		Doc: "What a process does when it finds itself in a state that cannot be: stop for a debugger, or leave a core file.",
	}, {
		Name: "user", Syntax: "user [group]", In: directive.Main, Args: directive.Take12,
		Set: directive.Func(setUser).Text(func(c *Core) string { return c.User.V.Name }),
		Doc: "User and group that worker processes run as.",
	}, {
		Name: "worker_priority", Syntax: "number", Default: "0", In: directive.Main, Args: directive.Take1,
		Set: directive.Func(setPriority).Text(func(c *Core) string { return strconv.Itoa(c.Priority.V) }).
			Placed(func(c *Core) (syntax.Pos, bool) { return c.Priority.At, c.Priority.Written }),
		Doc: "Nice value of worker processes.",
	}, {
		Name: "worker_cpu_affinity", Syntax: "auto [mask] | mask ...", In: directive.Main, Args: directive.OneMore,
		Set: directive.Parsed(func(c *Core) *directive.Value[Affinity] { return &c.Affinity }, parseAffinity),
		Doc: "Which processors each worker may run on, as masks of 0 and 1.",
	}, {
		Name: "worker_rlimit_nofile", Syntax: "number", In: directive.Main, Args: directive.Take1,
		Set: directive.Int(func(c *Core) *directive.Value[int] { return &c.RlimitNofile }),
		Doc: "Limit of open files of worker processes.",
	}, {
		Name: "worker_rlimit_core", Syntax: "size", In: directive.Main, Args: directive.Take1,
		Set: directive.Off(func(c *Core) *directive.Value[int64] { return &c.RlimitCore }),
		Doc: "Limit of the size of a core file of worker processes.",
	}, {
		Name: "working_directory", Syntax: "directory", In: directive.Main, Args: directive.Take1,
		Set: directive.Str(func(c *Core) *directive.Value[string] { return &c.WorkingDirectory }),
		Doc: "Folder that worker processes run in; core files go there.",
	}, {
		Name: "env", Syntax: "variable[=value]", In: directive.Main, Args: directive.Take1,
		Set: directive.Func(func(call *directive.Call, c *Core) error {
			c.Env = append(c.Env, call.Args[0])
			return nil
		}),
		Doc: "Environment variable that worker processes keep or get; without it they have none but TZ.",
	}, {
		Name: "ssl_object_cache_inheritable", Syntax: "on | off", Default: "off", In: directive.Main, Args: directive.FlagArg, Since: "1.27.4",
		Set: directive.Flag(func(c *Core) *directive.Value[bool] { return &c.Inheritable }).Then(inheritFiles),
		Doc: "Whether a reload takes over certificates, keys and their like whose files have not changed.",
	}, {
		Name: "pcre_jit", Syntax: "on | off", Default: "off", In: directive.Main, Args: directive.FlagArg, Since: "1.1.12",
		Set: directive.Flag(func(c *Core) *directive.Value[bool] { return &c.PcreJIT }),
		Doc: "Whether regular expressions of the configuration are compiled to machine code.",
	}, {
		Name: "thread_pool", Syntax: "name threads=number [max_queue=number]", In: directive.Main, Args: directive.Take2 | directive.Take3, Since: "1.7.11",
		Set:  directive.Func(addThreadPool),
		Idle: "files are read by threads of the runtime", Doc: "Names a pool for aio threads=.",
	}, {
		Name: "load_module", Syntax: "file", In: directive.Main, Args: directive.Take1, Since: "1.9.11",
		Set: directive.Func(loadModule),
		Doc: "Accepted for modules that are built in; there are no others.",
	}, {
		Name: "error_log", Syntax: "file | stderr | syslog:server=address[,parameter=value] | memory:size [level ...]", In: directive.Main, Args: directive.OneMore,
		Set: directive.Func(func(call *directive.Call, c *Core) error {
			return BuilderOf(call).SetErrorLog(call, &c.errorLog)
		}),
		Doc: "Where errors are logged, and from which level on.",
	}, {
		Name: "events", In: directive.Main, Args: directive.NoArgs, Body: directive.Block,
		Set: directive.Func(readEvents),
		Doc: "How connections are processed.",
	},
}

func rowsOf(module string, o any, ds []directive.Directive) []config.Row {
	rows := make([]config.Row, 0, len(ds))
	for _, d := range ds {
		rows = append(rows, config.Row{Directive: d, Owner: o, Module: module})
	}
	return rows
}
