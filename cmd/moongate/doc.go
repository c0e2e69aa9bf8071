// Command moongate is the program: the command line is nginx's, and one
// executable is master, worker, helper and signaller. It picks the role and hands
// over to core/process; it does nothing else.
package main
