// Package schema says what a document may hold: fields with kinds, bounds,
// defaults and checks between fields. From one table come validation, Kong's
// error bodies, Kong's /schemas answers and JSON Schema. The package is pure: it
// knows no entity, no store and no clock.
//
// A document is what encoding/json makes of an object with numbers kept exact:
// nil, bool, string, json.Number, []any, map[string]any. Decode makes one;
// Normal makes one of other Go values, as a YAML reader yields them.
//
// Texts and rules are those of Kong 3: an empty string is refused where nothing
// else is said, null is the same as absent, members of arrays are never null.
package schema
