package admin

import (
	"strconv"
	"strings"
)

// Memory is what /status tells of memory, in bytes.
type Memory struct {
	Workers []WorkerMemory
	Shared  []SharedMemory
}

// WorkerMemory is what a worker has in memory, of which its Lua VM is a part.
type WorkerMemory struct {
	Pid   int
	Bytes int64
}

// SharedMemory is one piece of memory that workers share.
type SharedMemory struct {
	Name       string
	Used, Size int64
}

// memory is that part of /status, in Kong's words and units: ?unit= is b, k, m or g, and
// ?scale= is how many digits follow the point.
func (c *call) memory() (map[string]any, *reply) {
	var m Memory
	if c.Memory != nil {
		m = c.Memory()
	}
	unit, digits := strings.ToLower(c.query["unit"]), 2
	shift, known := map[string]uint{"b": 0, "k": 10, "": 20, "m": 20, "g": 30}[unit]
	if !known {
		return nil, message(400, "invalid unit '"+unit+"' (expected 'k/K', 'm/M', 'g/G' or 'b/B')")
	}
	if text, given := c.query["scale"]; given {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 9 {
			return nil, message(400, "scale must be a number from 0 to 9")
		}
		digits = n
	}
	size := func(n int64) any {
		if shift == 0 {
			return n
		}
		return strconv.FormatFloat(float64(n)/float64(int64(1)<<shift), 'f', digits, 64) + map[uint]string{10: " KiB", 20: " MiB", 30: " GiB"}[shift]
	}
	workers, shared := []any{}, map[string]any{}
	for _, w := range m.Workers {
		workers = append(workers, map[string]any{"pid": w.Pid, "http_allocated_gc": size(w.Bytes)})
	}
	for _, s := range m.Shared {
		shared[s.Name] = map[string]any{"allocated_slabs": size(s.Used), "capacity": size(s.Size)}
	}
	return map[string]any{"workers_lua_vms": workers, "lua_shared_dicts": shared}, nil
}
