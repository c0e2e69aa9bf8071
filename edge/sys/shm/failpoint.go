package shm

// failpoint is called in the middle of changes, at places where a death leaves
// the structure half done. Nil outside of tests.
var failpoint func(place string)

// SetFailpoint is for tests that kill a process inside a critical section.
func SetFailpoint(f func(place string)) { failpoint = f }

// Fail is a place where a test may end the process.
func Fail(place string) {
	if failpoint != nil {
		failpoint(place)
	}
}
