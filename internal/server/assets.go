package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// assets are the built files with their entity tags.
type assets struct {
	files fs.FS
	etags map[string]string // by path

	packed sync.Map // by path: in gzip, once somebody asked for it
}

// newAssets lists files, which may be nil.
func newAssets(files fs.FS) (*assets, error) {
	a := &assets{files: files, etags: map[string]string{}}
	if files == nil {
		return a, nil
	}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) && name == "." {
			return nil // not built
		}
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		a.etags[name] = `"` + hex.EncodeToString(sum[:12]) + `"`
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list built pages: %w", err)
	}
	return a, nil
}

// zipped is a file in gzip, made once.
func (a *assets) zipped(name string, content []byte) []byte {
	if b, ok := a.packed.Load(name); ok {
		return b.([]byte) //nolint:forcetypeassert // it holds nothing else
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(content) // a buffer takes everything
	_ = w.Close()
	a.packed.Store(name, out.Bytes())
	return out.Bytes()
}

// has reports whether the file is there.
func (a *assets) has(name string) bool { return a.etags[name] != "" }

// Cache rules: files with a hash in their name never change; others are asked
// for again each time, which costs a 304.
const (
	forever    = "public, max-age=31536000, immutable"
	revalidate = "no-cache"
)

func (s *Server) assetRoutes(r gin.IRouter) {
	r.GET("/widget.js", func(c *gin.Context) {
		c.Header("Access-Control-Allow-Origin", "*")
		c.Header("Cross-Origin-Resource-Policy", "cross-origin")
		s.serveAsset(c, "widget.js", "public, max-age=300")
	})
	r.GET("/assets/*file", func(c *gin.Context) {
		s.serveAsset(c, "assets"+path.Clean("/"+c.Param("file")), forever)
	})
	r.GET(consolePath, s.console)
	r.GET(consolePath+"/*view", s.console)
	r.GET("/docs", s.docs)
	r.GET("/docs/*file", func(c *gin.Context) {
		if name := path.Clean("/" + c.Param("file")); name != "/" {
			s.serveAsset(c, "docs"+name, revalidate)
			return
		}
		s.docs(c)
	})
}

// consolePath is where the screen of staff is.
const consolePath = "/console"

// consolePolicy lets the console show documents it has read into the page, in the
// browser's own viewer.
const consolePolicy = contentPolicy + "; frame-src blob:"

// console is the screen of staff: one page, which knows its views by itself. It
// holds nothing anybody may not see; what it asks for needs a session.
func (s *Server) console(c *gin.Context) {
	c.Header("Content-Security-Policy", consolePolicy)
	if s.assets.has("console.html") {
		s.serveAsset(c, "console.html", revalidate)
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>接诉工作台</title>`+
		`<p>工作台页面尚未构建。请先运行 <code>make</code>。</p></html>`))
}

// docsPolicy lets the API reference's component style itself. It shows nothing
// but our own description.
const docsPolicy = contentPolicy + "; style-src-elem 'self' 'unsafe-inline'; style-src-attr 'unsafe-inline'"

func (s *Server) docs(c *gin.Context) {
	c.Header("Content-Security-Policy", docsPolicy)
	if s.assets.has("docs/index.html") {
		s.serveAsset(c, "docs/index.html", revalidate)
		return
	}
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>接口说明</title>`+
		`<p>接口说明页面尚未构建。请先运行 <code>make</code>，或直接查看 <a href="/openapi.json">/openapi.json</a>。</p></html>`))
}

func (s *Server) serveAsset(c *gin.Context, name, cache string) {
	etag, ok := s.assets.etags[name]
	if !ok {
		s.noRoute(c)
		return
	}
	content, err := fs.ReadFile(s.assets.files, name)
	if err != nil {
		s.fail(c, err)
		return
	}
	h := c.Writer.Header()
	h.Set("ETag", etag)
	h.Set("Cache-Control", cache)
	if t := mediaType(name); t != "" {
		h.Set("Content-Type", t)
	}
	if len(content) >= smallest && c.GetHeader("Range") == "" && wordy(h.Get("Content-Type")) && acceptsGzip(c.GetHeader("Accept-Encoding")) {
		content = s.assets.zipped(name, content)
		h.Set("Content-Encoding", "gzip")
		h.Set("ETag", "W/"+etag) // the same file, other bytes
	}
	http.ServeContent(c.Writer, c.Request, name, time.Time{}, bytes.NewReader(content))
}

// mediaType does not depend on what the machine has installed for the types we
// ship.
func mediaType(name string) string {
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".json", ".map":
		return "application/json"
	default:
		return mime.TypeByExtension(ext)
	}
}
