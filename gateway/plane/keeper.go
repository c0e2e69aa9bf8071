package plane

import (
	"errors"
	"net/netip"
	"sync/atomic"

	"moongate/core/errlog"
	"moongate/gateway/entity"
	"moongate/gateway/health"
	"moongate/gateway/lists"
	"moongate/gateway/plugin"
	"moongate/gateway/trie"
)

// Keeper makes planes. One goroutine calls Load, Apply and Resolved; Now is for all.
type Keeper struct {
	// Plugins are the kinds of plugins, in running order.
	Plugins []*plugin.Plugin
	Env     *plugin.Env
	Log     *errlog.Log
	Lists   *lists.Book // of releases; nil: they can't be read
	// Health is what is known of targets; nil: all are well.
	Health *health.Table

	now   atomic.Pointer[Plane]
	tally tally
	model *entity.Model
	state *entity.State
	names map[string][]netip.Addr
	next  Plane           // in the making
	moved map[string]bool // upstreams whose targets have changed, by id
	order map[string]int
	// asking are the configurations that clients are asked for certificates for, by id.
	asking map[string]*Instance
}

// NewModel is the least model that a Keeper's States can be of.
func NewModel() *entity.Model {
	return entity.NewModel(entity.Outside{}).Following([2]string{"acls", "consumer"}, [2]string{"targets", "upstream"})
}

// NewKeeper begins with a plane that knows nothing.
func NewKeeper(plugins []*plugin.Plugin, env *plugin.Env, log *errlog.Log) *Keeper {
	k := &Keeper{Plugins: plugins, Env: env, Log: log, model: NewModel(),
		names: map[string][]netip.Addr{}, moved: map[string]bool{}, order: map[string]int{}, asking: map[string]*Instance{}}
	for i, p := range plugins {
		k.order[p.Name] = i
	}
	k.state = entity.New(k.model)
	k.now.Store(&Plane{})
	return k
}

// Now is the plane that requests go by.
func (k *Keeper) Now() *Plane { return k.now.Load() }

// Load makes a state the plane, whatever was there before. What has not changed stays as
// it is.
func (k *Keeper) Load(s *entity.State, revision uint64) {
	var changes []entity.Change
	for _, kind := range k.model.Kinds() {
		for d := range k.state.All(kind.Name) {
			if s.Get(kind.Name, d.ID) == nil {
				changes = append(changes, entity.Change{Kind: d.Kind, ID: d.ID, Old: d.Raw})
			}
		}
		for d := range s.All(kind.Name) {
			old := k.state.Get(kind.Name, d.ID)
			if old == nil {
				changes = append(changes, entity.Change{Kind: d.Kind, ID: d.ID, New: d.Raw})
			} else if string(old.Raw) != string(d.Raw) {
				changes = append(changes, entity.Change{Kind: d.Kind, ID: d.ID, Old: old.Raw, New: d.Raw})
			}
		}
	}
	k.take(s, changes, revision)
}

// Apply makes a revision's changes; what they change is put into them as Old.
func (k *Keeper) Apply(changes []entity.Change, revision uint64) error {
	for i := range changes {
		c := &changes[i]
		if d := k.state.Get(c.Kind, c.ID); d != nil {
			c.Old = d.Raw
		}
	}
	s, err := k.state.Replay(changes)
	if err != nil {
		return err
	}
	k.take(s, changes, revision)
	return nil
}

// take makes the next plane and swaps it in. A document that this program can't make
// anything of is left out, and logged: the rest counts.
func (k *Keeper) take(s *entity.State, changes []entity.Change, revision uint64) {
	k.next = *k.Now()
	k.next.Revision = revision
	k.state, k.next.entities = s, s
	for i := range changes {
		c := &changes[i]
		if err := k.change(c); err != nil {
			k.Log.Error(nil, "gateway: %s %s: %s", c.Kind, c.ID, err)
		}
	}
	k.finish()
}

// finish swaps in the plane that has been made.
func (k *Keeper) finish() {
	for id := range k.moved {
		k.retarget(id)
	}
	clear(k.moved)
	k.ask()
	next := k.next
	k.now.Store(&next)
}

func (k *Keeper) change(c *entity.Change) error {
	switch c.Kind {
	case "routes":
		return k.route(c)
	case "services":
		return k.service(c)
	case "upstreams":
		return k.upstream(c)
	case "targets":
		return k.target(c)
	case "plugins":
		return k.plugin(c)
	case "certificates":
		return errors.Join(k.certificate(c), k.material(c))
	case "ca_certificates":
		return errors.Join(k.authority(c), k.material(c))
	case "snis":
		return k.sni(c)
	case "releases":
		return k.release(c)
	case "client_classes":
		return k.class(c)
	case "acls":
		return k.acl(c)
	}
	return k.identity(c)
}

func decode[T any](c *entity.Change) (*T, error) {
	return decodeRaw[T](c, c.New)
}

func decodeRaw[T any](c *entity.Change, raw []byte) (*T, error) {
	if raw == nil {
		return nil, nil
	}
	return entity.Decode[T](&entity.Document{Kind: c.Kind, ID: c.ID, Raw: raw})
}

func setBy[T any](m *trie.Map[T], key string, v *T) {
	if key != "" {
		*m = m.Set(key, v)
	}
}
