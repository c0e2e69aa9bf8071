// Package luaplugin makes plugins of Lua files: schemas become those of package schema,
// functions become phases.
//
// The Lua around them is in the folder lua: run.lua is the program that the engine loads
// (httpd.Program), load.lua reads the plugins, schema.lua describes their schemas, pdk.lua
// is the global kong, typedefs.lua is kong.db.schema.typedefs. It runs in every process
// that has to do with plugins: in the master, which refuses a configuration whose plugins
// do not load; in the gateway process, which judges configurations; in the workers.
// All of them are given the same bytes of the plugins' files.
package luaplugin
