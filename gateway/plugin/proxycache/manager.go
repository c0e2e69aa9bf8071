package proxycache

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"moongate/engine/zone"
	"moongate/gateway/entity"
)

// The gateway process is the manager of folders, as nginx's cache manager is of its: it
// throws out what is over, and beyond max_size what was not used for longest. Between two
// of its rounds workers count what they write, and write no more when that would be too
// much: a folder is never longer than max_size and a tenth.

// FolderRoot is where all folders of a node are, below the gateway's data.
func FolderRoot(data string) string { return filepath.Join(data, "cache") }

func sizeKey(name string) string { return "proxy-cache:size:" + name }

// rooms counts what is written into a folder.
func roomIn(counts *zone.Dict, name string, most int64) func(int64) bool {
	k := sizeKey(name)
	return func(n int64) bool {
		all, _, err := counts.Incr(k, float64(n), zone.Init{Given: true}, clock())
		if err != nil || int64(all) <= most+most/10 {
			return true
		}
		counts.Incr(k, -float64(n), zone.Init{Given: true}, clock())
		return false
	}
}

// Manager keeps folders within their bounds.
type Manager struct {
	Root   string
	Counts *zone.Dict
}

// Round looks at all folders once. Those that no configuration names go.
func (m *Manager) Round(s *entity.State) error {
	list, err := os.ReadDir(m.Root)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	bounds := boundsOf(s)
	for _, d := range list {
		f := &Folder{Path: filepath.Join(m.Root, d.Name())}
		most, named := bounds[d.Name()]
		if !named {
			if err := os.RemoveAll(f.Path); err != nil {
				return err
			}
			continue
		}
		left, err := f.sweep(most, clock())
		if err != nil {
			return err
		}
		if _, err := m.Counts.Set(sizeKey(d.Name()), zone.Value{Type: zone.Number, Num: float64(left)}, 0, clock()); err != nil {
			return err
		}
	}
	return nil
}

// boundsOf are the folders that configurations name, and how long each may be: the most
// that one of them says.
func boundsOf(s *entity.State) map[string]int64 {
	by := map[string]int64{}
	for d := range s.All("plugins") {
		e, err := entity.Decode[entity.Plugin](d)
		if err != nil || e.Name != Plugin.Name {
			continue
		}
		var c config
		if json.Unmarshal(e.Config, &c) == nil && c.Strategy == "disk" && c.Disk.Zone == "" {
			by[c.folder()] = max(by[c.folder()], c.Disk.Most)
		}
	}
	return by
}

// kept is a file that the manager has seen.
type kept struct {
	name string
	size int64
	used time.Time
}

// sweep throws out what is over and what is too much, and gives the bytes that are left.
func (f *Folder) sweep(most, now int64) (int64, error) {
	var all []kept
	var sum int64
	err := f.each(func(name string, info os.FileInfo) error {
		old := time.UnixMilli(now).Sub(info.ModTime()) > oldTemp
		if isTemp(name) && old || !isTemp(name) && over(name, now) {
			os.Remove(name) // it may have gone by itself
			return nil
		}
		all = append(all, kept{name, info.Size(), info.ModTime()})
		sum += info.Size()
		return nil
	})
	if err != nil || sum <= most {
		return sum, err
	}
	slices.SortFunc(all, func(a, b kept) int { return a.used.Compare(b.used) })
	for _, k := range all {
		if sum <= most {
			break
		}
		if isTemp(k.name) {
			continue
		}
		if err := os.Remove(k.name); err != nil && !os.IsNotExist(err) {
			return sum, err
		}
		sum -= k.size
	}
	return sum, nil
}

// over tells whether the time of a file is over, or it is none of ours.
func over(name string, now int64) bool {
	in, err := os.Open(name)
	if err != nil {
		return false
	}
	defer in.Close()
	var head [fileHead]byte
	if _, err := io.ReadFull(in, head[:]); err != nil || string(head[:4]) != fileMagic {
		return true
	}
	end := int64(binary.LittleEndian.Uint64(head[8:]))
	return end != 0 && end <= now
}
