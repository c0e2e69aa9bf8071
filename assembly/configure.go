package assembly

// optional are the words of nginx's configure for modules that it has only when
// asked, by the name of ours.
var optional = []struct{ module, word string }{
	{"ssl", "http_ssl_module"}, {"realip", "http_realip_module"}, {"addition", "http_addition_module"},
	{"sub", "http_sub_module"}, {"dav", "http_dav_module"}, {"gunzip", "http_gunzip_module"},
	{"gzip_static", "http_gzip_static_module"}, {"auth_request", "http_auth_request_module"},
	{"random_index", "http_random_index_module"}, {"secure_link", "http_secure_link_module"},
	{"stub_status", "http_stub_status_module"}, {"slice", "http_slice_module"},
}

// standard are those that nginx has unless told otherwise.
var standard = []struct{ module, word string }{
	{"charset", "http_charset_module"}, {"gzip", "http_gzip_module"}, {"ssi", "http_ssi_module"},
	{"userid", "http_userid_module"}, {"access", "http_access_module"}, {"auth_basic", "http_auth_basic_module"},
	{"mirror", "http_mirror_module"}, {"autoindex", "http_autoindex_module"}, {"geo", "http_geo_module"},
	{"map", "http_map_module"}, {"split_clients", "http_split_clients_module"}, {"referer", "http_referer_module"},
	{"rewrite", "http_rewrite_module"}, {"proxy", "http_proxy_module"}, {"fastcgi", "http_fastcgi_module"},
	{"uwsgi", "http_uwsgi_module"}, {"scgi", "http_scgi_module"}, {"grpc", "http_grpc_module"},
	{"memcached", "http_memcached_module"}, {"limit_conn", "http_limit_conn_module"},
	{"limit_req", "http_limit_req_module"}, {"empty_gif", "http_empty_gif_module"}, {"browser", "http_browser_module"},
}

// Configure is what -V lists as configure arguments: what is truly built in, in
// nginx's words, so that scripts and test suites that look there find it.
// --with-debug: the debug log is there; HTTP/2 belongs to the engine.
func Configure() []string {
	have := map[string]bool{}
	for _, m := range httpModules() {
		have[m.Name] = true
	}
	words := []string{"--with-debug", "--with-http_v2_module"}
	for _, o := range optional {
		if have[o.module] {
			words = append(words, "--with-"+o.word)
		}
	}
	for _, s := range standard {
		if !have[s.module] {
			words = append(words, "--without-"+s.word)
		}
	}
	return words
}
