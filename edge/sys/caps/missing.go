package caps

import (
	"errors"
	"io/fs"
)

// Missing is a fault for want of capabilities.
type Missing struct {
	Caps Set
	Err  error // what the kernel said
}

func (m *Missing) Error() string { return m.Err.Error() + ": " + m.words() }

func (m *Missing) words() string {
	if m.Caps&(m.Caps-1) == 0 {
		return "the capability " + m.Caps.String() + " is missing"
	}
	return "the capabilities " + m.Caps.String() + " are missing"
}

// Note is what to put behind a message that has the error's reason already.
func Note(err error) string {
	var m *Missing
	if !errors.As(err, &m) {
		return ""
	}
	return " - " + m.words()
}

func (m *Missing) Unwrap() error { return m.Err }

// Explain adds to a refused call what the process would have needed for it. Other
// errors, and refusals that have another reason, stay as they are.
func Explain(err error, needs ...Cap) error {
	if err == nil || !errors.Is(err, fs.ErrPermission) {
		return err
	}
	have, e := Effective()
	if lack := Of(needs...).Without(have); e == nil && lack != 0 {
		return &Missing{Caps: lack, Err: err}
	}
	return err
}
