// Package conf reads the text of keepalived.conf into a tree, as keepalived does: a statement a line, "!" and "#" for
// comments, includes, definitions ($NAME=value), lines for one machine only (@ID) and lines that repeat (~SEQ, ~LST). It
// knows no keyword.
//
// Nothing in such a file is fatal: what is wrong is told with its line, and left out.
package conf
