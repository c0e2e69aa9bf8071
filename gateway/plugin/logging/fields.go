package logging

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"moongate/gateway/plugin/transform"
)

// Fields are the fields that a configuration adds to records, or changes.
type Fields struct{ list []field }

type field struct {
	name  string
	value *transform.Template
}

// UnmarshalJSON reads the field custom_fields.
func (f *Fields) UnmarshalJSON(b []byte) error {
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	for name, value := range m {
		t, err := transform.NewTemplate(value)
		if err != nil {
			return fmt.Errorf("custom_fields: %s: %w", name, err)
		}
		f.list = append(f.list, field{name, t})
	}
	slices.SortFunc(f.list, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return nil
}

func checkTemplate(v any) string {
	s, _ := v.(string)
	if _, err := transform.NewTemplate(s); err != nil {
		return "value '" + s + "' is not in supported format, error:" + err.Error()
	}
	return ""
}
