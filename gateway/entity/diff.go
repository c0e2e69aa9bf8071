package entity

import "bytes"

// Diff is the changes that lead from one state to another: kinds in the model's
// order, documents by id.
func Diff(from, to *State) []Change {
	var out []Change
	for _, k := range to.model.kinds {
		for d := range from.All(k.Name) {
			if to.Get(k.Name, d.ID) == nil {
				out = append(out, Change{Kind: d.Kind, ID: d.ID, Old: d.Raw})
			}
		}
		for d := range to.All(k.Name) {
			old := from.Get(k.Name, d.ID)
			switch {
			case old == d:
			case old == nil:
				out = append(out, Change{Kind: d.Kind, ID: d.ID, New: d.Raw})
			case !bytes.Equal(old.Raw, d.Raw):
				out = append(out, Change{Kind: d.Kind, ID: d.ID, Old: old.Raw, New: d.Raw})
			}
		}
	}
	return out
}
