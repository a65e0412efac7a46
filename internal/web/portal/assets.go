package portal

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strings"
)

//go:embed static
var staticFiles embed.FS

// AssetPrefix is where the server mounts [Assets].
const AssetPrefix = "/static/"

// Asset is one static file.
type Asset struct {
	Type    string
	Content []byte
}

// Assets are the static files, named with a hash of their content.
type Assets struct {
	files map[string]Asset  // by hashed name
	names map[string]string // plain name to hashed name
}

func newAssets() (*Assets, error) {
	a := &Assets{files: map[string]Asset{}, names: map[string]string{}}
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		return nil, fmt.Errorf("list static files: %w", err)
	}
	for _, e := range entries {
		content, err := fs.ReadFile(staticFiles, "static/"+e.Name())
		if err != nil {
			return nil, fmt.Errorf("read static file %s: %w", e.Name(), err)
		}
		a.add(e.Name(), content)
	}
	return a, nil
}

func (a *Assets) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	hashed := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	a.files[hashed] = Asset{Type: mime.TypeByExtension(ext), Content: content}
	a.names[name] = hashed
}

// Path is the address of a static file. It panics where there is none of that name:
// names stand in templates, and every template is drawn by a test.
func (a *Assets) Path(name string) string {
	hashed, ok := a.names[name]
	if !ok {
		panic(fmt.Sprintf("no static file %q", name))
	}
	return AssetPrefix + hashed
}

// Open returns the file with a hashed name.
func (a *Assets) Open(hashed string) (Asset, bool) {
	f, ok := a.files[hashed]
	return f, ok
}
