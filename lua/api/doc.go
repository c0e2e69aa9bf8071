// Package api is ngx.*: a file or a few for each chapter, each a vm.Chapter. How one is
// written stands in the doc of package lua. Texts of errors are those of
// lua-nginx-module and lua-resty-core.
package api
