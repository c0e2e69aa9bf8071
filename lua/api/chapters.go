package api

import "moongate/lua/vm"

// Chapters are all of ngx.*, opened in this order in each VM.
var Chapters = []*vm.Chapter{
	&constants, &logging, &errorLog, &output, &control, &status, &variables, &headersIn, &headersOut, &uris, &arguments, &requests, &bodies,
	&captures, &phases, &times, &sleeping, &timers, &workers, &filterArgs, &semaphores, &process, &balancing, &guard,
	Shared, Digests, Regexes, Sockets, &handshaking,
}
