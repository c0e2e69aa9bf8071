// Package jsonschema stands for the library of that name, which the program does without.
package jsonschema

import "errors"

// Schema validates nothing: there is none.
type Schema struct{}

// Result is of a validation.
type Result struct{}

// IsValid says no.
func (*Result) IsValid() bool { return false }

// Validate says no.
func (*Schema) Validate(any) *Result { return new(Result) }

// Compiler makes no schema.
type Compiler struct{}

// NewCompiler makes a Compiler.
func NewCompiler() *Compiler { return new(Compiler) }

// Compile refuses a schema.
func (*Compiler) Compile([]byte, ...string) (*Schema, error) {
	return nil, errors.New("@validateSchema is not built in")
}
