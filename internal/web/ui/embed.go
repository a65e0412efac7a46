// Package ui carries what the browser project in this folder is built into: the
// embeddable chat (widget.js), the console of staff (console.html, assets/) and
// the API reference (docs/).
//
// It owns the built files. It does not own routes. The Go
// program builds without them too: dist then holds only .keep, and [Built] says
// so.
package ui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Assets are the built files.
func Assets() fs.FS {
	built, err := fs.Sub(dist, "dist")
	if err != nil {
		return dist // cannot be: "dist" is a valid path; every look-up then fails cleanly
	}
	return built
}

// Built reports whether the browser project was built into this program.
func Built() bool {
	_, err := fs.Stat(dist, "dist/widget.js")
	return err == nil
}
