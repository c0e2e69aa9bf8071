// Package bodytransformer is the plugin body-transformer: bodies of requests and answers
// are read as JSON, XML, a form or text, and written anew by a template, in the same format or
// another one. APISIX has such a plugin, whose templates are Lua; Kong has not.
//
//	body -> value -> template -> body
//	        json.go  parse.go    write.go
//	        xml.go   expr.go     xml.go
//	        form.go  eval.go     form.go
//
// Templates are a language of our own (parse.go), not Go's: values are written by the rules
// of the format that stands around them, so that no client's text ends a string or
// an element; what a template may do is counted, and its output bounded, so that no
// client's body makes a worker stand still; and there is no reflection, which would keep
// methods of the whole program alive. See decision 0028.
//
// A body is held in memory as a whole. Those that the configuration is not for pass as they
// come.
package bodytransformer
