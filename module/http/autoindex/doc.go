// Package autoindex is the autoindex module: it lists folders, as HTML, JSON,
// JSONP or XML. Assembly puts it behind index.
package autoindex
