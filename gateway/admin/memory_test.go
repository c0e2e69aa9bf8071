package admin

import (
	"reflect"
	"testing"
)

func TestStatusMemory(t *testing.T) {
	w := newWorld(t)
	w.h.Memory = func() Memory {
		return Memory{[]WorkerMemory{{7, 3 << 19}}, []SharedMemory{{"gateway", 4096, 10 << 20}}}
	}
	for query, want := range map[string]string{
		"":                `{"workers_lua_vms":[{"pid":7,"http_allocated_gc":"1.50 MiB"}],"lua_shared_dicts":{"gateway":{"allocated_slabs":"0.00 MiB","capacity":"10.00 MiB"}}}`,
		"?unit=k&scale=0": `{"workers_lua_vms":[{"pid":7,"http_allocated_gc":"1536 KiB"}],"lua_shared_dicts":{"gateway":{"allocated_slabs":"4 KiB","capacity":"10240 KiB"}}}`,
		"?unit=b":         `{"workers_lua_vms":[{"pid":7,"http_allocated_gc":1572864}],"lua_shared_dicts":{"gateway":{"allocated_slabs":4096,"capacity":10485760}}}`,
	} {
		got := w.must(200, "GET", "/status"+query, "")
		if memory := object(t, want); !reflect.DeepEqual(got["memory"], any(memory)) {
			t.Errorf("%s: %v, want %v", query, got["memory"], memory)
		}
	}
	w.must(400, "GET", "/status?unit=x", "")
	w.must(400, "GET", "/status?scale=-1", "")
}
