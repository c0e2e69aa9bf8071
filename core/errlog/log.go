package errlog

// Context adds what is known about whom a line concerns, such as
// ", client: 1.2.3.4, server: x", behind the message.
type Context interface {
	AppendLog(line []byte) []byte
}

// Log is one speaker: a cycle, a connection, a request. The zero Log is silent.
type Log struct {
	level  Level
	chain  *Chain
	Number uint64  // of the connection, printed as *NUMBER; 0 for none
	From   Context // nil for none; not asked for debug lines, as in nginx
}

// SetChain sends what follows to other outputs (ngx_set_connection_log). A Log
// that debug_connection chose stays as talkative.
func (l *Log) SetChain(c *Chain) {
	l.chain = c
	if l.level&debugConnection == 0 {
		l.level = c.Level()
	}
}

// Chain is where lines go.
func (l *Log) Chain() *Chain { return l.chain }

// Level is up to which level lines are wanted.
func (l *Log) Level() Level { return l.level }

// SetLevel changes what is wanted of this Log only: the filter of the outputs
// stays.
func (l *Log) SetLevel(level Level) { l.level = level }

// DebugThis makes every line of this Log wanted and sends it to all outputs:
// what the debug_connection directive does to a client.
func (l *Log) DebugThis() { l.level = debugConnection | DebugAll }

// Enabled tells whether a line of a plain level (Emerg to Info) would be written.
func (l *Log) Enabled(level Level) bool { return l.level >= level }

// Debugging tells whether debug lines of an area would be written.
func (l *Log) Debugging(area Level) bool { return l.level&area != 0 }

// Log writes a line. err, when not nil, follows the message in brackets, with
// its errno in front when it has one.
func (l *Log) Log(level Level, err error, format string, args ...any) {
	if l.level >= level {
		l.write(level, err, format, args, "")
	}
}

// Message writes a line whose text is ready; it allocates nothing.
func (l *Log) Message(level Level, text string) {
	if l.level >= level {
		l.write(level, nil, "", nil, text)
	}
}

// Debug writes a debug line of an area.
func (l *Log) Debug(area Level, format string, args ...any) {
	if l.level&area != 0 {
		l.write(Debug, nil, format, args, "")
	}
}

// DebugMessage writes a debug line whose text is ready.
func (l *Log) DebugMessage(area Level, text string) {
	if l.level&area != 0 {
		l.write(Debug, nil, "", nil, text)
	}
}

// Emerg, Alert, Crit, Error, Warn, Notice and Info are Log with the level
// in the name.
func (l *Log) Emerg(err error, format string, args ...any)  { l.Log(Emerg, err, format, args...) }
func (l *Log) Alert(err error, format string, args ...any)  { l.Log(Alert, err, format, args...) }
func (l *Log) Crit(err error, format string, args ...any)   { l.Log(Crit, err, format, args...) }
func (l *Log) Error(err error, format string, args ...any)  { l.Log(Error, err, format, args...) }
func (l *Log) Warn(err error, format string, args ...any)   { l.Log(Warn, err, format, args...) }
func (l *Log) Notice(err error, format string, args ...any) { l.Log(Notice, err, format, args...) }
func (l *Log) Info(err error, format string, args ...any)   { l.Log(Info, err, format, args...) }
