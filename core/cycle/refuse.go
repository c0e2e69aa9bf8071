package cycle

import (
	"errors"

	"moongate/core/config/syntax"
	"moongate/core/errlog"
)

// refuse logs why there is no generation, where nothing has yet, and takes back
// what was done, last things first.
func (b *Builder) refuse(err error) error {
	fault := new(syntax.Error)
	switch {
	case errors.Is(err, ErrRefused):
	case errors.As(err, &fault):
		level, ok := errlog.LevelOf(fault.Level)
		if !ok {
			level = errlog.Emerg
		}
		b.Log.Message(level, fault.Error())
		if fault.Help != "" {
			b.help(fault.Help)
		}
	default:
		b.Log.Message(errlog.Emerg, err.Error())
	}
	for i := len(b.undo) - 1; i >= 0; i-- {
		b.undo[i]()
	}
	return ErrRefused
}

// help is a second line, ours: to whoever looks at the terminal, else into the log.
func (b *Builder) help(text string) {
	if b.Old == nil && !b.Child() {
		errlog.Console(nil, "%s", text)
		return
	}
	b.Log.Message(errlog.Notice, text)
}
