package admin

import (
	"os"
	"runtime"
	"slices"
	"strings"
)

// Counts are connections and requests of all workers.
type Counts struct {
	Active, Accepted, Handled uint64
	Reading, Writing, Waiting uint64
	Requests                  uint64
	Workers                   int
}

// kongVersion is what tools such as decK compare: we answer as this one does. The program's
// own stands below "moongate", as plugins' version, and in the header Server.
const kongVersion = "3.9.1"

// dashboardPath is where a Hook has the dashboard, if there is one.
const dashboardPath = "/dashboard/"

func (h *Handler) hasDashboard() bool {
	return slices.ContainsFunc(h.Hooks, func(k Hook) bool { return k.Path == dashboardPath })
}

// toDashboard sends a browser there that asks for /, before it has a token.
func (c *call) toDashboard() *reply {
	if len(c.path) > 0 || c.r.Method != "GET" || !strings.Contains(c.r.Header.Get("Accept"), "text/html") || !c.hasDashboard() {
		return nil
	}
	return (&reply{status: 302}).set("Location", dashboardPath)
}

// root is GET /: what tools read before they do anything.
func (c *call) root() *reply {
	available := map[string]any{}
	for _, name := range c.pluginNames() {
		available[name] = map[string]any{"version": c.Node.Version, "priority": c.Plugins.Order(name)}
	}
	used := map[string]bool{}
	enabled := []string{}
	s := c.Desired.State()
	for d := range s.All("plugins") {
		if name, _ := d.Fields()["name"].(string); !used[name] {
			used[name] = true
			enabled = append(enabled, name)
		}
	}
	slices.Sort(enabled)
	workers := []int{}
	if c.Node.Workers != nil {
		workers = c.Node.Workers()
	}
	_, revision := c.Desired.Now()
	configuration := map[string]any{
		// Tools ask whether there is a database: all but "off" can be written to.
		"database": c.database(), "router_flavor": "traditional_compatible", "role": "traditional", "loaded_plugins": available,
		"proxy_listeners": listeners(c.Node.Proxy), "admin_listeners": listeners(c.Node.Admin), "stream_listeners": []Listen{},
	}
	if c.hasDashboard() {
		configuration["admin_gui_path"] = strings.TrimSuffix(dashboardPath, "/")
	}
	return ok(map[string]any{
		"tagline": "Welcome to moongate", "version": kongVersion, "edition": "community",
		"hostname": c.Node.Hostname, "node_id": c.Node.ID, "lua_version": "LuaJIT 2.1",
		"pids":          map[string]any{"master": os.Getppid(), "workers": workers},
		"timers":        map[string]any{"running": 0, "pending": 0},
		"plugins":       map[string]any{"available_on_server": available, "enabled_in_cluster": enabled, "disabled_on_server": map[string]any{}},
		"configuration": configuration,
		"moongate": map[string]any{
			"version": c.Node.Version, "nginx": c.Node.Nginx, "go": runtime.Version(), "store": c.Node.Store,
			"started": c.Node.Started, "revision": revision, "role": c.who.Role.String(),
		},
	})
}

// listeners is a list that is never null.
func listeners(list []Listen) []Listen { return append([]Listen{}, list...) }

func (c *call) database() string {
	if c.Node.Store == "file" {
		return "off"
	}
	return "postgres"
}

func (h *Handler) pluginNames() []string {
	if h.Plugins == nil {
		return []string{}
	}
	list := slices.Clone(h.Plugins.Names())
	slices.Sort(list)
	return list
}

func (c *call) enabledPlugins() *reply {
	return ok(map[string]any{"enabled_plugins": c.pluginNames()})
}

func (c *call) status() *reply {
	memory, wrong := c.memory()
	if wrong != nil {
		return wrong
	}
	var n Counts
	if c.Counts != nil {
		n = c.Counts()
	}
	_, revision := c.Desired.Now()
	ours := map[string]any{"revision": revision, "workers": n.Workers}
	trouble := c.Desired.Err()
	if trouble != nil {
		ours["trouble"] = trouble.Error()
	}
	return ok(map[string]any{
		"database": map[string]any{"reachable": trouble == nil},
		"server": map[string]any{
			"connections_active": n.Active, "connections_accepted": n.Accepted, "connections_handled": n.Handled,
			"connections_reading": n.Reading, "connections_writing": n.Writing, "connections_waiting": n.Waiting,
			"total_requests": n.Requests,
		},
		"memory":   memory,
		"moongate": ours,
	})
}

func (c *call) ready() *reply {
	if err := c.Desired.Err(); err != nil {
		return message(503, "the store cannot be reached: "+err.Error())
	}
	return message(200, "ready")
}
