package luajit

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// A fault in C code that Lua calls ends the process on its signal; one in Go stays a panic.
func TestFaultsEndTheProcess(t *testing.T) {
	if code := os.Getenv("LUA_CRASH"); code != "" {
		run(t, newState(t), code)
		t.Fatal("still alive")
	}
	for _, c := range []struct {
		code string
		want syscall.Signal
	}{
		{`local ffi = require "ffi" ffi.cast("int *", 0)[0] = 1`, syscall.SIGSEGV},
		{`local ffi = require "ffi" local f = ffi.cast("void (*)(void)", 8) f()`, syscall.SIGSEGV},
		{`local ffi = require "ffi" ffi.cdef "void abort(void);" ffi.C.abort()`, syscall.SIGABRT},
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestFaultsEndTheProcess$")
		cmd.Env = append(os.Environ(), "LUA_CRASH="+c.code)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != c.want {
			t.Errorf("%s\nended with %v, want %v\n%s", c.code, err, c.want, out)
		}
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		var p *int
		*p = 1
	}()
}
