// Package referer is the referer module: $invalid_referer tells whether a request
// comes from a page of another site.
package referer
