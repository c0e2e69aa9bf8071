// Package lvs is what stands behind a virtual_server: which real servers get its
// connections at this moment, and the data planes that make it so. A plane is
// the kernel's IPVS, or, where that is missing, one of our own.
package lvs
