package schema

import "maps"

// Hidden stands where a secret was.
const Hidden = "***"

// Redact is a copy of doc without its secrets, for viewers, logs and diffs. The
// rest is shared with doc.
func (s *Schema) Redact(doc map[string]any) map[string]any { return s.Shape.redact(doc) }

func (s *Shape) redact(doc map[string]any) map[string]any {
	out := maps.Clone(doc)
	for i := range s.Fields {
		f := &s.Fields[i]
		if v := out[f.Name]; v != nil {
			out[f.Name] = f.redact(v)
		}
	}
	return out
}

func (f *Field) redact(v any) any {
	if f.Secret {
		return Hidden
	}
	switch v := v.(type) {
	case map[string]any:
		switch f.Kind {
		case Record:
			return f.Shape.redact(v)
		case Map:
			out := make(map[string]any, len(v))
			for k, e := range v {
				out[k] = f.Elem.redact(e)
			}
			return out
		}
	case []any:
		if f.Elem != nil {
			out := make([]any, len(v))
			for i, e := range v {
				out[i] = f.Elem.redact(e)
			}
			return out
		}
	}
	return v
}
