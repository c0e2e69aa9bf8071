package api

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"moongate/edge/native/luajit"
	"moongate/engine/zone"
	"moongate/lua/vm"
)

// Shared is ngx.shared: the dicts of lua_shared_dict. Their methods are in lib/moongate/shared.lua, on sharedCall by FFI, so that
// compiled code stays compiled; only get_keys, whose result is a table, is a function of the VM.
var Shared = &vm.Chapter{
	Name: "shared",
	Doc:  "Dictionaries in memory shared by all workers.",
	Funcs: []vm.Fn{
		{Name: "moongate.shared_keys", Phases: vm.Anywhere, Run: sharedKeys},
	},
	Open: func(v *vm.VM) error {
		if err := v.Put("moongate.go.shared", func(b luajit.Tape) { b.Int(sharedID()) }); err != nil {
			return err
		}
		if err := v.Put("ngx.shared", func(b luajit.Tape) { b.Table(0, 4) }); err != nil {
			return err
		}
		if err := v.Eval(`require "moongate.shared"`, "=shared"); err != nil || v.Cycle == nil {
			return err
		}
		for _, z := range zone.Of(v.Cycle).All() {
			if z.Kind != zone.KindDict {
				continue
			}
			d, err := zone.OpenDict(z)
			if err != nil {
				return err
			}
			if err := addShared(v, z.Name, d); err != nil {
				return err
			}
		}
		return nil
	},
}

// sharedDicts are the dicts that Lua knows by number: those of all VMs of the process.
var (
	sharedDicts atomic.Pointer[[]*zone.Dict]
	sharedMu    sync.Mutex
)

// addShared puts a dict into ngx.shared of a VM.
func addShared(v *vm.VM, name string, d *zone.Dict) error {
	n := numberShared(d)
	main := v.St.Main()
	b := v.St.Tape()
	b.Globals()
	for _, part := range []string{"package", "loaded", "moongate.shared", "add"} {
		b.Str(part)
		b.Get()
	}
	b.Str(name)
	b.Int(n)
	b.Light(uintptr(n))
	vs, err := main.Call(b, false)
	if err == nil {
		main.Pop(len(vs))
	}
	return err
}

// numberShared gives the dict a number, from 1.
func numberShared(d *zone.Dict) int {
	sharedMu.Lock()
	defer sharedMu.Unlock()
	list := []*zone.Dict{nil}
	if old := sharedDicts.Load(); old != nil {
		list = append(list[:0:0], *old...)
	}
	for i, o := range list {
		if o == d {
			return i
		}
	}
	list = append(list, d)
	sharedDicts.Store(&list)
	return len(list) - 1
}

func sharedDict(n int) *zone.Dict {
	list := sharedDicts.Load()
	if list == nil || uint(n) >= uint(len(*list)) {
		return nil
	}
	return (*list)[n]
}

func sharedKeys(_ *vm.Ctx, c *luajit.Call) luajit.Result {
	d := sharedDict(int(c.Num(1)))
	if d == nil {
		return c.Error("bad user data for the ngx_shm_zone_t pointer")
	}
	keys := d.Keys(int(c.Num(2)), sharedNow())
	b := c.Out()
	b.Table(len(keys), 0)
	for i, k := range keys {
		b.Str(k)
		b.SetI(i + 1)
	}
	return luajit.Return
}

// sharedID is the id of shared for moongate_ffi_go.
var sharedID = sync.OnceValue(func() int {
	return luajit.RegisterFFI(func(p unsafe.Pointer) int64 { return int64(shared((*sharedCall)(p))) })
})
