// Package directive holds the types in which every module declares its
// directives: the row (Directive), the contexts and argument counts, and the
// setters that turn text into typed fields and back.
//
// Modules of all protocols import it to write their tables; core/config walks
// a parsed file with those tables and calls the setters. A setter returns an
// error without a place; the walker adds "in FILE:LINE", so that one fault has
// one wording everywhere.
//
// It owns nginx's value grammars (sizes, times, numbers, flags; nginx's
// src/core/ngx_parse.c and the ngx_conf_set_*_slot functions). Where it differs:
// a field knows whether and where it was written instead of holding an unset
// mark, defaults are text in the row instead of arguments of a merge function,
// and times beyond 292 years are cut to that.
package directive
