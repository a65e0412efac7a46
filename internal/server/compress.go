package server

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
)

// smallest is the shortest first piece of an answer that is worth compressing.
const smallest = 1 << 10

// compressed sends public pages, their files and public lists in gzip. Nothing
// that may hold a secret beside what the client sent is compressed: the length
// of such an answer would tell of the secret (the BREACH attack). So it is only
// done behind the open doors where everybody reads the same.
func (s *Server) compressed() gin.HandlerFunc {
	writers := sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}
	return func(c *gin.Context) {
		d, open := s.doors[c.Request.Method+" "+c.FullPath()]
		if !open || d.class != reads && d.class != asks {
			c.Next()
			return
		}
		c.Writer.Header().Add("Vary", "Accept-Encoding")
		if !acceptsGzip(c.GetHeader("Accept-Encoding")) {
			c.Next()
			return
		}
		w := &gzipWriter{ResponseWriter: c.Writer, writers: &writers}
		c.Writer = w
		defer func() {
			c.Writer = w.ResponseWriter
			w.finish()
		}()
		c.Next()
	}
}

// acceptsGzip reports whether a client takes gzip. Every browser of the last
// twenty years does, and says so plainly.
func acceptsGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, quality, _ := strings.Cut(coding, ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			return strings.ReplaceAll(quality, " ", "") != "q=0"
		}
	}
	return false
}

// gzipWriter decides with the first piece of an answer whether to compress it.
type gzipWriter struct {
	gin.ResponseWriter

	writers *sync.Pool
	decided bool
	to      *gzip.Writer // nil: as it is
}

func (w *gzipWriter) Write(b []byte) (int, error) {
	if !w.decided {
		w.decided = true
		if h := w.Header(); len(b) >= smallest && w.Status() == http.StatusOK && h.Get("Content-Encoding") == "" && wordy(h.Get("Content-Type")) {
			w.begin(h)
		}
	}
	if w.to == nil {
		return w.ResponseWriter.Write(b)
	}
	return w.to.Write(b)
}

// WriteString writes s as [gzipWriter.Write] does.
func (w *gzipWriter) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

func (w *gzipWriter) begin(h http.Header) {
	h.Set("Content-Encoding", "gzip")
	h.Del("Content-Length")
	h.Del("Accept-Ranges") // a part of the file is no part of this
	if etag := h.Get("ETag"); strings.HasPrefix(etag, `"`) {
		h.Set("ETag", "W/"+etag) // the same file, other bytes
	}
	w.to = w.writers.Get().(*gzip.Writer) //nolint:forcetypeassert // the pool holds nothing else
	w.to.Reset(w.ResponseWriter)
}

func (w *gzipWriter) finish() {
	if w.to == nil {
		return
	}
	_ = w.to.Close() // the client has gone, as with any write
	w.to.Reset(io.Discard)
	w.writers.Put(w.to)
}

// wordy reports whether files of a media type shrink.
func wordy(mediaType string) bool {
	name, _, _ := strings.Cut(mediaType, ";")
	switch name {
	case "application/json", "application/problem+json", "application/atom+xml", "image/svg+xml":
		return true
	}
	return strings.HasPrefix(name, "text/")
}
