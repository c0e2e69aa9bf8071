package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var built embed.FS

// Files is what the browser loads: index.html, icon.svg and assets/, each as NAME.gz and
// NAME.br only.
func Files() fs.FS {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // the folder is in the program
	}
	return files
}
