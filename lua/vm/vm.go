package vm

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
)

// Settings are what a VM takes from http{} when it is made.
type Settings struct {
	Path, CPath string // lua_package_path, lua_package_cpath
	Prefix      string
	Chapters    []*Chapter
	MaxRunning  int // lua_max_running_timers
	MaxPending  int // lua_max_pending_timers
	RegexCache  int // lua_regex_cache_max_entries
	RegexLimit  int // lua_regex_match_limit
	Cycle       *cycle.Cycle
	HTTP        *httpd.Builder
	Log         *errlog.Log
	Lines       *errlog.Ring                 // of lua_capture_error_log; nil without
	Worker      *httpd.Worker                // nil while init_by_lua* runs
	Preload     func(st *luajit.State) error // makes the built-in modules known
	Agent       bool                         // this is the privileged agent
	WantAgent   func()                       // asks for one; nil where it has been asked for
}

// Conf is what Lua takes from the location that a request is in.
type Conf struct {
	CodeCache        bool
	HTTP10Buffering  bool
	UseDefaultType   bool
	Transform        bool // lua_transform_underscores_in_response_headers
	CheckClientAbort bool
	NeedRequestBody  bool
	LogSocketErrors  bool
	Socket           SocketConf
	TLS              TLSConf
}

// SocketConf is lua_socket_*: what cosockets start with.
type SocketConf struct {
	KeepAlive, Connect, Send, Read time.Duration
	BufferSize, PoolSize           int
}

// TLSConf is lua_ssl_*.
type TLSConf struct {
	Protocols          []string
	Ciphers            string
	Depth              int
	Trusted, CRL       string // full names
	Certificates, Keys []string
}

// VM is one Lua VM with all of ngx.* in it.
type VM struct {
	Settings
	St *luajit.State

	mu              sync.Mutex
	watch           event.Watch // of Lua that computes for long
	breaking        atomic.Bool // Break has interrupted it
	cur             *Ctx
	idle            Ctx // what cur is when nothing runs: init_by_lua*
	put             luajit.Ref
	apply, tostring luajit.Ref
	place           luajit.Ref
	retired         []luajit.Ref // dropped when nothing refers to them any more
	refs            []luajit.Ref // by Chunk.id
	files           map[string]luajit.Ref
	keep            map[any]any
	own             map[string]bool // names of chunks of the API
	slots           slots
	share           *share
	users           atomic.Int32
	closed          bool
	fresh           bool // an own VM that no Ctx has yet

	Timers *Timers // an own VM shares its maker's

	// Own is a VM that one request has for itself: lua_code_cache off.
	Own bool
}

// share is what Lua's FFI sees of the running code: moongate.state of the glue.
type share struct {
	phase uint32
	slot  int32  // of ngx.ctx; 0 is none
	used  *uint8 // by slot: the table has been made
	size  int32
	again int32 // Replay
}

// New makes a VM and opens all chapters in it.
func New(s Settings) (*VM, error) {
	st, err := luajit.New()
	if err != nil {
		return nil, err
	}
	v := &VM{Settings: s, St: st, files: map[string]luajit.Ref{}, keep: map[any]any{}, own: map[string]bool{}, Timers: new(Timers)}
	v.idle = Ctx{V: v, Phase: Init}
	v.cur = &v.idle
	st.OnPanic = func(e any, stack []byte) {
		v.cur.Logf(errlog.Alert, "lua: panic in a function of ngx.*: %v\n%s", e, stack)
	}
	v.share = (*share)(st.Shared(int(unsafe.Sizeof(share{}))))
	v.growSlots(256)
	v.share.phase = uint32(Init)
	if err := v.open(); err != nil {
		st.Close()
		return nil, err
	}
	v.users.Store(1)
	return v, nil
}

func (v *VM) open() error {
	if err := v.St.SetPaths(v.Path, v.CPath, v.Prefix); err != nil {
		return err
	}
	if v.Preload != nil {
		if err := v.Preload(v.St); err != nil {
			return err
		}
	}
	var err error
	if v.put, err = v.Function(putSource, "=put"); err != nil {
		return err
	}
	if v.tostring, err = v.Function(tostringSource, "=tostring"); err != nil {
		return err
	}
	if v.apply, err = v.Function(applySource, "=timer"); err != nil {
		return err
	}
	if v.place, err = v.Function(placeSource, "=timer"); err != nil {
		return err
	}
	if err := v.Put("moongate.share", func(b luajit.Tape) { b.Light(uintptr(unsafe.Pointer(v.share))) }); err != nil {
		return err
	}
	for _, ch := range append([]*Chapter{&scheduler}, v.Chapters...) {
		if err := v.install(ch); err != nil {
			return fmt.Errorf("%s: %w", ch.Name, err)
		}
	}
	return v.Eval("moongate = nil; package.loaded.moongate = nil", "=glue")
}

// Lock takes the VM. Waiting for it gives the event loop to another goroutine.
func (v *VM) Lock() {
	if !v.mu.TryLock() {
		event.Block()
		v.mu.Lock()
	}
}

// Unlock lets the VM go.
func (v *VM) Unlock() { v.mu.Unlock() }

// enter makes x the one that Lua runs for; the result goes to leave.
func (v *VM) enter(x *Ctx) (before *Ctx) {
	before = v.cur
	if before != &v.idle {
		v.watch.Leave() // Lua runs Lua: the inner code is looked at by itself
	}
	v.cur = x
	s := v.share
	s.phase = uint32(x.Phase)
	s.slot = x.slot
	v.watch.Enter()
	return before
}

func (v *VM) leave(before *Ctx) {
	v.watch.Leave()
	if v.breaking.Load() {
		v.mend()
	}
	v.cur = before
	s := v.share
	s.phase = uint32(before.Phase)
	s.slot = before.slot
	if before != &v.idle {
		v.watch.Enter()
	}
}

// Current is whom Lua runs for.
func (v *VM) Current() *Ctx { return v.cur }

// Keep and Kept hold what a chapter has for each VM; keys are like those of
// context.Context, of a type of the caller's own.
func (v *VM) Keep(key, value any) { v.keep[key] = value }

// Kept is what Keep was given, nil before.
func (v *VM) Kept(key any) any { return v.keep[key] }

// Hold keeps a VM of its own (lua_code_cache off) from being closed: for
// timers. Drop ends it, without the lock.
func (v *VM) Hold() { v.users.Add(1) }

// Drop ends a Hold; the last one closes the VM.
func (v *VM) Drop() {
	n := v.users.Add(-1)
	if v.Own && v.Log.Debugging(errlog.DebugHTTP) {
		v.Log.Debug(errlog.DebugHTTP, "decrementing the reference count for Lua VM: %d", n+1)
	}
	if n == 0 {
		v.Log.Debug(errlog.DebugHTTP, "lua close the global Lua VM %p", v)
		v.Lock()
		v.closed = true
		v.St.Close()
		v.Unlock()
	}
}

// Init runs init_by_lua*.
func (v *VM) Init(ch *Chunk) bool {
	x := &v.idle
	return x.Call(Init, ch, nil, nil)
}

// Replay runs init_by_lua* once more, in a worker: what it writes to shared dicts is there
// already.
func (v *VM) Replay(ch *Chunk) bool {
	v.share.again = 1
	defer func() { v.share.again = 0 }()
	return v.Init(ch)
}

// Replaying tells whether Replay runs.
func (v *VM) Replaying() bool { return v.share.again != 0 }

// LogContext ends log lines of code that belongs to no request.
type LogContext string

// AppendLog implements errlog.Context.
func (s LogContext) AppendLog(b []byte) []byte { return append(append(b, ", context: "...), s...) }

// MakeOwn says that the VM is for one request alone, and ends with it.
func (v *VM) MakeOwn() { v.Own, v.fresh = true, true }
