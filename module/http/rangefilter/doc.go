// Package rangefilter is the range filter: it answers requests for parts of a body
// (RFC 9110, 14) with 206 or 416. Assembly puts it behind all other header
// filters; its body filter runs in front of all others.
package rangefilter
