// Package syntax turns the text of nginx.conf into a tree and back.
//
// The lexer is nginx's (src/core/ngx_conf_file.c, ngx_conf_read_token): the
// same quotes, escapes and comments, the same faults in the same words at the
// same line. Bodies of *_by_lua_block directives are lexed as Lua and kept as
// they are. The package knows no directive; core/config walks the tree with
// the table of directives and follows includes.
//
// It also owns where the bytes come from: Disk reads files and expands glob
// patterns as glob(3) does, a Snapshot remembers all that was read, for -T and
// for the workers, which build from the very same bytes as the master.
//
// Where it differs from nginx: a file is read whole and parsed at once, faults
// waiting in the tree for whoever walks that far; Lua strings may continue
// behind a backslash at the end of a line, and Lua blocks have no length limit;
// blocks nested a thousand deep are refused.
package syntax
