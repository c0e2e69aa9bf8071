package gateway

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"moongate/core/config/directive"
	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/engine/httpd"
	"moongate/engine/zone"
	"moongate/gateway/admin"
	"moongate/gateway/entity"
	"moongate/gateway/schema"
	"moongate/gateway/store"
	"os"
	"strings"
)

// What prepare keeps in the memory of secrets.
const (
	secretKey = "feed"
	nodeKey   = "node"
)

// prepare refuses plugins that do not load, and makes the secret that the workers show to
// the gateway process.
func prepare(b *httpd.Builder) error {
	cf := httpd.MainConf[mainConf](b, Module)
	if !cf.written || b.Cycle.Child() {
		return nil
	}
	if err := cf.lua.check(b); err != nil {
		return err
	}
	if b.Cycle.Purpose != cycle.Serve {
		return cf.checkTokens()
	}
	if err := cf.firstToken(b.Cycle); err != nil {
		return err
	}
	d, err := zone.OpenDict(cf.secrets)
	if err != nil {
		return err
	}
	var raw [32]byte
	rand.Read(raw[:])
	node, err := nodeID(cf.data + "/node.id")
	if err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	for key, value := range map[string]string{secretKey: hex.EncodeToString(raw[:]), nodeKey: node} {
		err = d.SafeAdd(key, zone.Value{Type: zone.String, Str: []byte(value)}, 0, now())
		if err != nil && err != zone.ErrExists {
			return err
		}
	}
	return cf.makeUntrusted(b, d)
}

// checkTokens is for -t, which makes no file.
func (cf *mainConf) checkTokens() error {
	if cf.noAdmin || cf.noToken {
		return nil
	}
	if err := admin.CheckTokens(cf.token); err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	return nil
}

// firstToken makes the file of tokens at the first start, says the token this one time,
// and gives the file to the user of the gateway process.
func (cf *mainConf) firstToken(b *cycle.Builder) error {
	if cf.noAdmin || cf.noToken {
		return nil
	}
	_, first, err := admin.OpenTokens(cf.token)
	if err != nil {
		return directive.ErrorAt(cf.at, "%s", err)
	}
	if first == "" {
		return nil
	}
	b.Log.Notice(nil, "gateway: the first token of the Admin API was made, its digest is in \"%s\"", cf.token)
	errlog.Console(nil, "the Admin API on %s takes the token %s, which is not shown again", cf.admin, first)
	if os.Geteuid() == 0 {
		if call, err := file.GiveTo(cf.token, b.Core.User.V.UID, 0o600); err != nil {
			return directive.ErrorAt(cf.at, "%s() \"%s\" failed: %s", call, cf.token, err)
		}
	}
	return nil
}

// nodeID is by what tools tell nodes apart: made once and kept in a file.
func nodeID(name string) (string, error) {
	if b, err := os.ReadFile(name); err == nil && schema.IsUUID(strings.TrimSpace(string(b))) {
		return strings.TrimSpace(string(b)), nil
	}
	id := entity.NewID()
	return id, store.Replace(name, []byte(id+"\n"))
}

func (cf *mainConf) secret() (string, error) { return cf.prepared(secretKey) }

func (cf *mainConf) node() (string, error) { return cf.prepared(nodeKey) }

// prepared is what prepare has made, now or for an older configuration.
func (cf *mainConf) prepared(key string) (string, error) {
	d, err := zone.OpenDict(cf.secrets)
	if err != nil {
		return "", err
	}
	v, err := d.Get(key, now(), nil)
	if err != nil || v.Type != zone.String {
		return "", fmt.Errorf("the gateway's secret \"%s\" is not there: %v", key, err)
	}
	return string(v.Str), nil
}

func now() int64 { return event.UnixNano() / 1e6 }
