package directive

import (
	"errors"
	"fmt"

	"moongate/core/config/syntax"
)

type reason string

func (r reason) Error() string { return string(r) }

type message string

func (m message) Error() string { return string(m) }

// Duplicate is the reason for a second directive where one may stand.
var Duplicate = Reason("is duplicate")

// Reason is printed as `"NAME" directive TEXT in FILE:LINE`.
func Reason(text string) error { return reason(text) }

// Errorf is printed as `TEXT in FILE:LINE`.
func Errorf(format string, args ...any) error { return message(fmt.Sprintf(format, args...)) }

// ErrorAt is printed as Errorf, but with a place of its own: for checks
// made when the whole configuration is known.
func ErrorAt(at syntax.Pos, format string, args ...any) error {
	return &syntax.Error{Text: fmt.Sprintf(format, args...), Pos: at}
}

// Unplaced is printed as TEXT alone: where nginx logs without a place.
func Unplaced(format string, args ...any) error { return ErrorAt(syntax.Pos{}, format, args...) }

// Helped adds a second line, ours, to an error.
func Helped(err error, format string, args ...any) error {
	return &helped{err, fmt.Sprintf(format, args...)}
}

type helped struct {
	error
	help string
}

func (h *helped) Unwrap() error { return h.error }

// Place words what a setter returned as nginx prints it. An error that has
// a place already (it comes from inside the body) is kept.
func (c *Call) Place(err error) *syntax.Error {
	if placed := new(syntax.Error); errors.As(err, &placed) {
		return placed
	}
	e := &syntax.Error{Text: err.Error(), Pos: c.Pos()}
	// lua-nginx-module runs the handlers of its blocks itself and logs what
	// they return bare, without the name
	if r := reason(""); errors.As(err, &r) && !c.Node.IsRaw {
		e.Text = `"` + c.Name + `" directive ` + string(r)
	}
	if h := new(helped); errors.As(err, &h) {
		e.Help = h.help
	}
	return e
}

func placePair(err error, p *syntax.Node) error {
	if placed := new(syntax.Error); errors.As(err, &placed) {
		return placed
	}
	e := &syntax.Error{Text: err.Error(), Pos: p.Pos}
	if h := new(helped); errors.As(err, &h) {
		e.Help = h.help
	}
	return e
}
