// Package redis is a small client of Redis for plugins and releases: commands and scripts
// over connections that are kept, all waiting through the worker's event loop.
//
// A client that cannot connect says so at once for a while, so that requests do not queue
// up behind a server that is away.
package redis
