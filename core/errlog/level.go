package errlog

import "fmt"

// Level says how grave a line is, or, as the level of an output, up to which
// grave a line is wanted there. Debug lines belong to an area; an output wants
// areas as bits above the plain levels, so that ">=" compares all of it.
type Level uint32

const (
	Stderr Level = iota
	Emerg
	Alert
	Crit
	Error
	Warn
	Notice
	Info
	Debug

	DebugCore   Level = 0x010
	DebugAlloc  Level = 0x020
	DebugMutex  Level = 0x040
	DebugEvent  Level = 0x080
	DebugHTTP   Level = 0x100
	DebugMail   Level = 0x200
	DebugStream Level = 0x400
	DebugAll    Level = 0x7ffffff0

	// debugConnection marks a Log that debug_connection chose: its lines go to
	// every output, whatever level that has.
	debugConnection Level = 0x80000000
)

var levelNames = [...]string{"", "emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"}

var debugAreas = [...]string{"debug_core", "debug_alloc", "debug_mutex", "debug_event", "debug_http", "debug_mail", "debug_stream"}

// String is the word in brackets.
func (l Level) String() string {
	if l < Level(len(levelNames)) {
		return levelNames[l]
	}
	return "debug"
}

// LevelOf is the plain level of a name like "warn".
func LevelOf(name string) (Level, bool) {
	for i, n := range levelNames {
		if i > 0 && n == name {
			return Level(i), true
		}
	}
	return 0, false
}

// parseLevels reads the words behind an error_log's target (ngx_log_set_levels).
func parseLevels(words []string) (Level, error) {
	if len(words) == 0 {
		return Error, nil
	}
	var level Level
	for _, w := range words {
		if plain, ok := LevelOf(w); ok {
			if level != 0 {
				return 0, fmt.Errorf("duplicate log level \"%s\"", w)
			}
			level = plain
			continue
		}
		area := debugArea(w)
		if area == 0 || level&^DebugAll != 0 {
			return 0, fmt.Errorf("invalid log level \"%s\"", w)
		}
		level |= area
	}
	if level == Debug {
		level = DebugAll
	}
	return level, nil
}

func debugArea(word string) Level {
	for i, n := range debugAreas {
		if n == word {
			return DebugCore << i
		}
	}
	return 0
}
