// Package securelink is the secure_link module: variables that tell whether a
// link carries the right MD5 hash and has not expired.
package securelink
