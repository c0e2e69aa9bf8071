// Package script runs the scripts in this folder: keepalived in network namespaces
// that each script has for itself, joined by a bridge. A script is a text file
// (txtar) with commands on top and the files they need below; README.md lists the
// commands.
//
// ORACLE=keepalived runs the same scripts on the keepalived of this machine. A
// script that fails there is a wrong script, unless it says [!oracle] and why.
package script
