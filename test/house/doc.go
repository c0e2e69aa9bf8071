// Package house tests the repository itself: who imports whom, where C and
// system calls are allowed, what every package and file must have. A rule that a
// test can check is not left to a reviewer's memory.
package house
