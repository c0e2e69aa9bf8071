// Package config turns the text of nginx.conf into objects.
//
// The master and every worker build one Table from the rows of all modules and
// let a Walker read the configuration with it: each directive is looked up,
// checked in the order of nginx's ngx_conf_handler and handed to its setter,
// file by file as includes come. The first fault in the order of the text ends
// the walk; its first line is nginx's to the letter, a second line may help.
//
// The package owns the list of all directives that nginx and OpenResty know
// (folder known), so that one that is not built yet is refused by its name, and
// what is derived from the rows: the effective values, the documentation, the
// comparison with nginx's own tables.
//
// Where it differs from nginx: an include that includes itself for ever is
// stopped by a count, not by running out of descriptors; the message is the same.
package config
