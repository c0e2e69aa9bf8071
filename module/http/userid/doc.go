// Package userid is the userid filter: it gives browsers a cookie by which they
// can be told apart later, and variables for the log.
package userid
