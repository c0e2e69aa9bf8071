package assembly

// Configure is what -V lists as configure arguments: what is truly built in, in
// nginx's words. --with-debug: the debug log is there.
func Configure() []string { return []string{"--with-debug"} }
