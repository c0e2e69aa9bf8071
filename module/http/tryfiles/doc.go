// Package tryfiles is the try_files module: in the phase precontent it looks for
// the first of some files that exists and makes it the URI, or goes on with a
// last resort.
package tryfiles
