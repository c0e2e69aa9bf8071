// Package emptygif is the empty_gif module: a transparent image of one pixel out
// of memory.
package emptygif
