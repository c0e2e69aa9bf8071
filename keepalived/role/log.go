package role

// Level is the importance of a line, as syslog counts it.
type Level uint8

// The levels, the most important first.
const (
	Emerg Level = iota
	Alert
	Crit
	Err
	Warning
	Notice
	Info
	Debug
)

// Logf logs a line. It may be called from any goroutine.
type Logf func(level Level, format string, args ...any)
