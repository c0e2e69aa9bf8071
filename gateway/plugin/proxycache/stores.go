package proxycache

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"moongate/engine/cache"
	"moongate/engine/zone"
)

// Stores are all answers of a node, in memory, in folders and in zones: for those who look
// into them and throw out, wherever a configuration keeps its.
type Stores struct {
	Cache, Counts *zone.Dict
	Root          string         // of folders
	Zones         []*cache.Cache // those of the server, open
	// Used tells whether a configuration names a zone. Zones may be large, and full of what
	// is not the gateway's: others are not looked through to be counted.
	Used func(zone string) bool
}

// all is memory, each zone, and each folder that there is.
func (s *Stores) all() []*Store {
	list := []*Store{{Cache: s.Cache, Counts: s.Counts}}
	for _, c := range s.Zones {
		list = append(list, &Store{Cache: s.Cache, Counts: s.Counts, Zone: c})
	}
	folders, err := os.ReadDir(s.Root)
	if err != nil {
		return list // there is none
	}
	for _, d := range folders {
		list = append(list, &Store{Cache: s.Cache, Counts: s.Counts, Folder: &Folder{Path: filepath.Join(s.Root, d.Name())}})
	}
	return list
}

// listed is all without the zones that nobody uses.
func (s *Stores) listed() []*Store {
	return slices.DeleteFunc(s.all(), func(one *Store) bool { return one.Zone != nil && s.Used != nil && !s.Used(one.Zone.Name) })
}

// PurgeAll throws everything out.
func (s *Stores) PurgeAll() error {
	var errs []error
	for _, one := range s.all() {
		errs = append(errs, one.PurgeAll())
	}
	return errors.Join(errs...)
}

// PurgeOf throws out what one configuration keeps.
func (s *Stores) PurgeOf(plugin string) error {
	var errs []error
	for _, one := range s.all() {
		errs = append(errs, one.PurgeOf(plugin))
	}
	return errors.Join(errs...)
}

// Purge throws out the answers of one X-Cache-Key, if there are any.
func (s *Stores) Purge(plugin, cacheKey string) error {
	var errs []error
	for _, one := range s.all() {
		errs = append(errs, one.Purge(plugin, cacheKey))
	}
	return errors.Join(errs...)
}

// Show gives the answer of one X-Cache-Key, nil without one.
func (s *Stores) Show(plugin, cacheKey string) *Shown {
	for _, one := range s.all() {
		if shown := one.Show(plugin, cacheKey); shown != nil {
			return shown
		}
	}
	return nil
}

// Sum is Store.Sum of all.
func (s *Stores) Sum() (entries map[string]int, bytes map[string]int64) {
	entries, bytes = map[string]int{}, map[string]int64{}
	for _, one := range s.listed() {
		n, b := one.Sum()
		for id := range n {
			entries[id] += n[id]
			bytes[id] += b[id]
		}
	}
	return entries, bytes
}

// Entries is Store.Entries of one store behind the other.
func (s *Stores) Entries(plugin, prefix string, from, size int) (list []Kept, next int) {
	const store = 44 // bits of a place that are within one
	all := s.listed()
	for k := from >> store; k < len(all); k++ {
		more, next := all[k].Entries(plugin, prefix, from&(1<<store-1), size-len(list))
		if list = append(list, more...); next >= 0 {
			return list, k<<store | next
		}
		if from = 0; len(list) >= size && k+1 < len(all) {
			return list, (k + 1) << store
		}
	}
	return list, -1
}

// OnDisk tells whether a configuration keeps its answers in files.
func OnDisk(config []byte) bool {
	var c struct {
		Strategy string `json:"strategy"`
	}
	return json.Unmarshal(config, &c) == nil && c.Strategy == "disk"
}
