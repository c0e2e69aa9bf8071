package schema

import "maps"

// Patch returns old changed as Kong's PATCH does: records are merged field by
// field, arrays and maps are replaced, null unsets (Fill then puts a default
// back). Neither argument is changed. The result still needs Complete.
func (s *Schema) Patch(old, patch map[string]any) (map[string]any, Faults) {
	v := validation{}
	out := v.merge(at{}, &s.Shape, old, patch)
	return out, v.faults
}

func (v *validation) merge(p at, s *Shape, old, patch map[string]any) map[string]any {
	out := maps.Clone(old)
	if out == nil {
		out = map[string]any{}
	}
	for name, value := range v.expand(p, s, patch) {
		f := s.Field(name)
		was, _ := out[name].(map[string]any)
		now, isMap := value.(map[string]any)
		if f != nil && f.Kind == Record && isMap && was != nil {
			out[name] = v.merge(p.join(name), &f.Shape, was, now)
		} else {
			out[name] = value
		}
	}
	return out
}
