// Package conf reads the text of keepalived.conf into lines of words and braces,
// as keepalived does: "!" and "#" for comments, includes, definitions
// ($NAME=value), lines for one machine only (@ID) and lines that repeat (~SEQ,
// ~LST). It knows no keyword, and so not which braces belong to what.
//
// Nothing in such a file is fatal: what is wrong is told with its line, and left
// out. Names that are not defined stay as they are, so that the braces of
// ${NAME} are those of a block, as in keepalived.
package conf
