package luajit

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// A Lua module in C finds the whole Lua API in the program: -Wl,-E exports it, and nothing of it was left out of the link.
func TestCModule(t *testing.T) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler to build a Lua module with")
	}
	dir := t.TempDir()
	src := filepath.Join(dir, "probe.c")
	code := `#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>
#include <luajit.h>
static int twice(lua_State *L) {
    luaL_Buffer b;
    size_t n;
    const char *s = luaL_checklstring(L, 1, &n);
    luaL_buffinit(L, &b);
    luaL_addlstring(&b, s, n);
    luaL_addlstring(&b, s, n);
    luaL_pushresult(&b);
    return 1;
}
static const luaL_Reg funcs[] = {{"twice", twice}, {NULL, NULL}};
void *keep[] = {(void *) luaL_newmetatable, (void *) luaL_checkudata, (void *) lua_dump, (void *) luaJIT_setmode,
    (void *) luaL_loadfilex, (void *) lua_getupvalue, (void *) luaL_checkoption, (void *) luaJIT_profile_start, (void *) luaL_gsub,
    (void *) luaL_setfuncs, (void *) lua_upvaluejoin, (void *) luaopen_string_buffer, (void *) lua_setexdata2};
int luaopen_probe(lua_State *L) { luaL_register(L, "probe", funcs); return 1; }
`
	if err := os.WriteFile(src, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(cc, "-shared", "-fPIC", "-Wl,-z,now", "-I/usr/include/luajit-2.1", "-o", filepath.Join(dir, "probe.so"), src).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	st := newState(t)
	if err := st.SetPaths("", dir+"/?.so;;", ""); err != nil {
		t.Fatal(err)
	}
	if got := run(t, st, `return require("probe").twice("ab"), pcall(probe.twice, {})`); got != "abab false bad argument #1 to '?' (string expected, got table)" {
		t.Error(got)
	}
}
