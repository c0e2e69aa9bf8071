package hostnames

import (
	"fmt"
	"strings"
)

// Table maps names to values. The zero value is empty and ready.
type Table[V any] struct {
	exact map[string]V
	head  map[string]V // ".example.com" of *.example.com
	tail  map[string]V // "www.example." of www.example.*
}

// Len is how many entries there are.
func (t *Table[V]) Len() int { return len(t.exact) + len(t.head) + len(t.tail) }

// AddExact adds a text in which a star means itself.
func (t *Table[V]) AddExact(key string, v V) error {
	return put(&t.exact, key, strings.ToLower(key), v)
}

// Add adds a name or a wildcard (ngx_hash_add_key). The error is in the words
// of nginx's modules.
func (t *Table[V]) Add(key string, v V) error {
	low := strings.ToLower(key)
	stars := strings.Count(low, "*")
	n := len(low)
	switch {
	case stars > 1 || strings.Contains(low, "..") || strings.IndexByte(low, 0) >= 0:
	case n > 1 && low[0] == '.':
		if err := put(&t.exact, key, low[1:], v); err != nil {
			return err
		}
		return put(&t.head, key, low, v)
	case n > 2 && strings.HasPrefix(low, "*."):
		return put(&t.head, key, low[1:], v)
	case n > 2 && strings.HasSuffix(low, ".*"):
		return put(&t.tail, key, low[:n-1], v)
	case stars == 0:
		return put(&t.exact, key, low, v)
	}
	return fmt.Errorf("invalid hostname or wildcard \"%s\"", key)
}

func put[V any](m *map[string]V, key, low string, v V) error {
	if _, taken := (*m)[low]; taken {
		// nginx lowers the key in place and prints it so.
		return fmt.Errorf("conflicting parameter \"%s\"", strings.ToLower(key))
	}
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[low] = v
	return nil
}

// Find is ngx_hash_find_combined: exact, then the longest wildcard in front, then
// the longest at the end. It allocates nothing.
func (t *Table[V]) Find(name string) (v V, ok bool) {
	if v, ok = t.exact[name]; ok {
		return v, true
	}
	if len(t.head) > 0 {
		for i := 1; i < len(name); i++ {
			if name[i] == '.' {
				if v, ok = t.head[name[i:]]; ok {
					return v, true
				}
			}
		}
	}
	if len(t.tail) > 0 {
		for i := len(name) - 2; i >= 0; i-- {
			if name[i] == '.' {
				if v, ok = t.tail[name[:i+1]]; ok {
					return v, true
				}
			}
		}
	}
	return v, false
}
