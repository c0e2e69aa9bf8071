package httpd

import (
	"time"

	"moongate/core/config/directive"
)

// The kinds of rows that the core table is made of, so that a row is a line.

type (
	flagValue = directive.Value[bool]
	intValue  = directive.Value[int]
	sizeValue = directive.Value[int64]
	durValue  = directive.Value[time.Duration]
	strValue  = directive.Value[string]
)

func flag(name, def string, in directive.Context, get func(*cc) *flagValue, doc string) row {
	return row{Name: name, Syntax: "on | off", In: in, Args: directive.FlagArg, Default: def, Set: directive.Flag(get), Doc: doc}
}

func num(name, def string, in directive.Context, get func(*cc) *intValue, doc string) row {
	return row{Name: name, Syntax: "number", In: in, Args: directive.Take1, Default: def, Set: directive.Int(get), Doc: doc}
}

func size(name, def string, in directive.Context, get func(*cc) *sizeValue, doc string) row {
	return row{Name: name, Syntax: "size", In: in, Args: directive.Take1, Default: def, Set: directive.Size(get), Doc: doc}
}

func msec(name, def string, in directive.Context, get func(*cc) *durValue, doc string) row {
	return row{Name: name, Syntax: "time", In: in, Args: directive.Take1, Default: def, Set: directive.Msec(get), Doc: doc}
}

func str(name, def string, in directive.Context, get func(*cc) *strValue, doc string) row {
	return row{Name: name, Syntax: "value", In: in, Args: directive.Take1, Default: def, Set: directive.Str(get), Doc: doc}
}

func enum(name, def string, in directive.Context, get func(*cc) *intValue, words map[string]int, doc string) row {
	return row{Name: name, In: in, Args: directive.Take1, Default: def, Set: directive.Enum(get, words), Doc: doc}
}
