// How a fault in C code ends the process: on its signal, at the place of the fault, with a core if one is wanted, as any
// C program does. Left to itself, Go's runtime would print its goroutines, which tell nothing about C, and exit with 2.
#include <signal.h>
#include <string.h>

// The runtime keeps a handler that was there before its own, and hands it the faults that happen outside of Go code. The
// instruction is executed again when this returns, and then nobody catches its signal.
static void mg_fault(int sig) {
    signal(sig, SIG_DFL);
}

__attribute__((constructor)) static void mg_catch_faults(void) {
    struct sigaction sa;

    memset(&sa, 0, sizeof(sa));
    sa.sa_handler = mg_fault;
    sa.sa_flags = SA_ONSTACK | SA_RESTART;
    sigaction(SIGSEGV, &sa, NULL);
    sigaction(SIGBUS, &sa, NULL);
    sigaction(SIGFPE, &sa, NULL);
}

// abort() and illegal instructions aren't handed on, so the runtime's handlers are taken away. Its own way to end with
// SIGABRT doesn't need one.
int mg_keep_aborts(void) {
    signal(SIGABRT, SIG_DFL);
    return signal(SIGILL, SIG_DFL) == SIG_ERR;
}
