// Package httpmap is the map module: variables whose values depend on other
// values. A map is looked up when its variable is used, and never otherwise.
package httpmap
