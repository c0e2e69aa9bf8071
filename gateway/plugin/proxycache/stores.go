package proxycache

import (
	"errors"
	"os"
	"path/filepath"

	"moongate/engine/zone"
)

// Stores are all answers of a node, in memory and in folders: for those who look into them
// and throw out, wherever a configuration keeps its.
type Stores struct {
	Cache, Counts *zone.Dict
	Root          string // of folders
}

// all is memory, and each folder that there is.
func (s *Stores) all() []*Store {
	list := []*Store{{Cache: s.Cache, Counts: s.Counts}}
	folders, err := os.ReadDir(s.Root)
	if err != nil {
		return list // there is none
	}
	for _, d := range folders {
		list = append(list, &Store{Cache: s.Cache, Counts: s.Counts, Folder: &Folder{Path: filepath.Join(s.Root, d.Name())}})
	}
	return list
}

// PurgeAll throws everything out.
func (s *Stores) PurgeAll() error {
	var errs []error
	for _, one := range s.all() {
		errs = append(errs, one.PurgeAll())
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
