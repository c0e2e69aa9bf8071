package gateway

import (
	"path"
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/core/cycle"
	"moongate/edge/sys/socket"
	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/gateway/live"
	"moongate/gateway/meter"
	"moongate/gateway/store/etcd"
)

// mainConf is the gateway{} block, and what there is of it in this process.
type mainConf struct {
	written   bool
	at        syntax.Pos
	store     string // as written: bolt:data/gateway.db
	storePath string // its file, full
	token     string // file, full; "" is off
	noToken   bool
	data      string // folder, full
	admin     socket.Addr
	noAdmin   bool
	metrics   socket.Addr // where only /metrics and /status are, for all
	size      int64
	lua       luaConf
	cacheSize int64

	passing   map[*httpd.Server]bool // that have gateway_pass
	passAt    syntax.Pos             // the first one
	adminSock *cycle.Listener
	feedSock  *cycle.Listener
	openSock  *cycle.Listener // of metrics
	counts    *zone.Zone
	healths   *zone.Zone
	cache     *zone.Zone // answers that plugins keep
	bells     *zone.Zone
	secrets   *zone.Zone
	meter     *zone.Zone
	live      *zone.Zone // what goes on this second
	ring      *zone.Zone // requests that have just ended
	saved     []byte     // the last good state, as it was when the configuration was read

	builder *httpd.Builder
	worker  *worker
}

const (
	defaultStore = "bolt:data/gateway.db"
	defaultAdmin = "127.0.0.1:8001"
	defaultToken = "conf/admin.token"
	defaultSize  = 10 << 20
	defaultCache = 64 << 20
	leastSize    = 64 << 10
	leastHealth  = 1 << 20 // some thousand addresses that are not well
)

func readGateway(c *directive.Call, cf *mainConf) error {
	if cf.written {
		return directive.Duplicate
	}
	cf.written, cf.at = true, c.Node.Pos
	return c.Walk(c.Node.Body, directive.Gateway, c.Scope)
}

func readStore(c *directive.Call, cf *mainConf) error {
	if cf.store != "" {
		return directive.Duplicate
	}
	switch kind, rest := storeKind(c.Args[0]); {
	case rest == "" || kind != "bolt" && kind != "file" && kind != "etcd":
		return directive.Errorf("invalid store \"%s\", it must be bolt:FILE, file:FILE or etcd://HOST:PORT/PREFIX", c.Args[0])
	case kind == "etcd":
		if err := etcd.Check(c.Args[0]); err != nil {
			return directive.Errorf("invalid store \"%s\": %s", c.Args[0], err)
		}
	}
	cf.store = c.Args[0]
	return nil
}

// storeKind takes a store apart; etcds is etcd by TLS.
func storeKind(store string) (kind, rest string) {
	kind, rest, _ = strings.Cut(store, ":")
	if kind == "etcds" {
		kind = "etcd"
	}
	return kind, rest
}

func readAdmin(c *directive.Call, cf *mainConf) error {
	if cf.noAdmin || cf.admin != (socket.Addr{}) {
		return directive.Duplicate
	}
	if c.Args[0] == "off" {
		cf.noAdmin = true
		return nil
	}
	var err error
	cf.admin, err = readAddress(c, 8001)
	return err
}

func readMetrics(c *directive.Call, cf *mainConf) (err error) {
	if cf.metrics != (socket.Addr{}) {
		return directive.Duplicate
	}
	cf.metrics, err = readAddress(c, 8100) // Kong's port of its Status API
	return err
}

func readAddress(c *directive.Call, port int) (socket.Addr, error) {
	addrs, err := socket.ParseListen(c.Args[0], port)
	if err != nil {
		return socket.Addr{}, directive.Errorf("%s in \"%s\" of the \"%s\" directive", err, c.Args[0], c.Name)
	}
	if len(addrs) != 1 {
		return socket.Addr{}, directive.Errorf("\"%s\" of the \"%s\" directive stands for several addresses", c.Args[0], c.Name)
	}
	return addrs[0], nil
}

func readToken(c *directive.Call, cf *mainConf) error {
	if cf.token != "" || cf.noToken {
		return directive.Duplicate
	}
	if c.Args[0] == "off" {
		cf.noToken = true
		return nil
	}
	name, ok := strings.CutPrefix(c.Args[0], "file:")
	if !ok || name == "" {
		return directive.Errorf("invalid value \"%s\" in \"admin_token\" directive, it must be file:FILE or \"off\"", c.Args[0])
	}
	cf.token = name
	return nil
}

func readData(c *directive.Call, cf *mainConf) error {
	if cf.data != "" {
		return directive.Duplicate
	}
	cf.data = c.Args[0]
	return nil
}

func readMemory(c *directive.Call, cf *mainConf) error { return readSize(c, &cf.size) }

func readCache(c *directive.Call, cf *mainConf) error { return readSize(c, &cf.cacheSize) }

func readSize(c *directive.Call, size *int64) error {
	if *size != 0 {
		return directive.Duplicate
	}
	n, ok := directive.ParseSize(c.Args[0])
	switch {
	case !ok:
		return directive.Errorf("invalid memory size \"%s\"", c.Args[0])
	case n < leastSize:
		return directive.Errorf("%d bytes of memory are too few, the gateway needs %d", n, leastSize)
	}
	*size = n
	return nil
}

// initMain fills in what was not written and asks for sockets, memory and the process.
func initMain(b *httpd.Builder, main any) error {
	cf := main.(*mainConf)
	if !cf.written {
		if cf.passAt != (syntax.Pos{}) {
			return directive.ErrorAt(cf.passAt, "\"gateway_pass\" needs a \"gateway\" block in \"http\"")
		}
		return nil
	}
	if cf.store == "" {
		cf.store = defaultStore
	}
	if cf.data == "" {
		cf.data = path.Dir(strings.TrimPrefix(defaultStore, "bolt:"))
		if kind, name := storeKind(cf.store); kind != "etcd" {
			cf.data = path.Dir(name)
		}
	}
	if cf.token == "" && !cf.noToken {
		cf.token = defaultToken
	}
	if cf.token != "" {
		cf.token = b.Cycle.Path(cf.token)
	}
	if cf.size == 0 {
		cf.size = defaultSize
	}
	if cf.cacheSize == 0 {
		cf.cacheSize = defaultCache
	}
	if kind, name := storeKind(cf.store); kind != "etcd" {
		cf.storePath = b.Cycle.Path(name)
	}
	cf.data = b.Cycle.Path(cf.data)
	b.SetCertificates(shows{cf})
	cf.builder = b
	b.Cycle.AddProcess(cycle.Process{Title: "gateway process", Listens: true, Run: cf.run})
	b.Cycle.AddPath(cf.data)
	if err := cf.listen(b.Cycle); err != nil {
		return err
	}
	var err error
	if cf.counts, err = b.Zones().Declare("gateway", cf.size, zone.KindDict); err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	if cf.cache, err = b.Zones().Declare("gateway cache", cf.cacheSize, zone.KindDict); err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	if cf.bells, err = b.Zones().Declare("gateway bells", zone.BellsSize, zone.KindBells); err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	// Targets' health has memory of its own: counts of requests shall not crowd it out.
	if cf.healths, err = b.Zones().Declare("gateway health", max(cf.size/8, leastHealth), zone.KindDict); err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	if cf.secrets, err = b.Zones().Declare("gateway secret", 64<<10, zone.KindDict); err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	if cf.meter, err = b.Zones().Declare("gateway metrics", meter.ZoneSize, meter.KindMeter); err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	if cf.live, err = b.Zones().Declare("gateway live", live.ZoneSize, live.KindLive); err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	if cf.ring, err = b.Zones().Declare("gateway requests", live.RingSize, live.KindRing); err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	cf.saved, _ = b.Cycle.ReadFile(cf.lastGood()) // there is none at the first start
	return cf.lua.read(b)
}

// lastGood is the file of the state that was good last.
func (cf *mainConf) lastGood() string { return cf.data + "/gateway.state" }

func (cf *mainConf) feedPath() string { return cf.data + "/gateway.sock" }

// ownSocket is for the gateway's own: a start after a crash is not hindered by their files.
func ownSocket() socket.Options {
	o := socket.DefaultOptions()
	o.Reclaim = true
	return o
}

func (cf *mainConf) listen(b *cycle.Builder) error {
	if !cf.noAdmin {
		if cf.admin == (socket.Addr{}) {
			addrs, err := socket.ParseListen(defaultAdmin, 8001)
			if err != nil {
				return err
			}
			cf.admin = addrs[0]
		}
		if cf.noToken && !loopback(cf.admin) {
			return directive.ErrorAt(cf.at, "\"admin_token off\" is allowed only where \"admin\" listens on a loopback address, not on \"%s\"", cf.admin)
		}
		var err error
		if cf.adminSock, err = b.Listen(cf.admin, ownSocket()); err != nil {
			return err
		}
	}
	if cf.metrics != (socket.Addr{}) {
		if cf.metrics == cf.admin {
			return directive.ErrorAt(cf.at, "\"metrics\" and \"admin\" of the gateway have the same address \"%s\"", cf.metrics)
		}
		var err error
		if cf.openSock, err = b.Listen(cf.metrics, ownSocket()); err != nil {
			return err
		}
	}
	addrs, err := socket.ParseListen("unix:"+cf.feedPath(), 0)
	if err != nil {
		return directive.ErrorAt(cf.at, "%s in \"%s\" of the gateway", err, cf.feedPath())
	}
	cf.feedSock, err = b.Listen(addrs[0], ownSocket())
	return err
}

// loopback tells whether only this machine can reach an address.
func loopback(a socket.Addr) bool { return a.IsUnix() || a.AddrPort().Addr().IsLoopback() }
