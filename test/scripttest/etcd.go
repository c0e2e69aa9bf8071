package scripttest

import (
	"net/url"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
	"go.etcd.io/etcd/server/v3/embed"
)

// etcdServer: etcd start, etcd stop. It listens on ${port:etcd}; what it keeps outlives a stop.
func (w *world) etcdServer(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "etcd start|stop")
	if args[0] == "stop" {
		if w.etcd == nil {
			ts.Fatalf("etcd does not run")
		}
		w.etcd.Close()
		w.etcd = nil
		return
	}
	c := embed.NewConfig()
	c.Dir = filepath.Join(w.dir, "etcd")
	c.LogOutputs = []string{filepath.Join(w.dir, "etcd.log")}
	clients := []url.URL{{Scheme: "http", Host: "127.0.0.1:" + ts.Getenv("port:etcd")}}
	peers := []url.URL{{Scheme: "http", Host: "127.0.0.1:0"}}
	c.ListenClientUrls, c.AdvertiseClientUrls = clients, clients
	c.ListenPeerUrls, c.AdvertisePeerUrls = peers, peers
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	c.UnsafeNoFsync = true
	e, err := embed.StartEtcd(c)
	ts.Check(err)
	w.etcd = e
	<-e.Server.ReadyNotify()
}
