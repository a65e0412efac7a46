package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk/channel"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// maxLetterForm is the size of the largest letter form, in bytes.
const maxLetterForm = channel.MaxAttachments*(channel.MaxUpload+1<<10) + maxForm

// ofField is what a field costs beside its name and value: a form of nothing but empty
// ones would fill the memory.
const ofField = 64

// sentLetter is a letter form as it came in, its files already kept.
type sentLetter struct {
	fields   url.Values
	files    []portal.KeptFile
	problems portal.Problems // with files
}

func (s *sentLetter) field(name string) string { return tidy(s.fields.Get(name)) }

// key is what makes a form sent twice the same; a new one where it has none.
func (s *sentLetter) key() string {
	if key := s.field("key"); wellFormedID(key) {
		return key
	}
	return rand.Text()
}

// kept are the files of the form: those of an earlier try, and the new ones.
func (s *sentLetter) kept() ([]portal.KeptFile, portal.Problems) {
	var files []portal.KeptFile
	for _, id := range s.fields["kept"] {
		if wellFormedID(id) {
			files = append(files, portal.KeptFile{ID: id, Name: s.field("kept-" + id)})
		}
	}
	files = append(files, s.files...)
	if len(files) <= channel.MaxAttachments {
		return files, s.problems
	}
	return files[:channel.MaxAttachments], append(s.problems, portal.FieldError{Field: "files", Message: "附件最多5个，多出来的没有保留。"})
}

// readLetter reads the form part by part: the standard parser would write a
// citizen's files to the disk. What is wrong with a file is noted beside it.
func (p *publicPages) readLetter(c *gin.Context) (*sentLetter, error) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxLetterForm)
	form, err := c.Request.MultipartReader()
	if errors.Is(err, http.ErrNotMultipart) {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxForm)
		err = c.Request.ParseForm()
		return &sentLetter{fields: c.Request.PostForm}, formProblem(err)
	}
	if err != nil {
		return nil, formProblem(err)
	}
	sent := &sentLetter{fields: url.Values{}}
	for room := int64(maxForm); ; {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return sent, nil
		}
		if err != nil {
			return nil, formProblem(err)
		}
		if part.FormName() == "files" {
			if err := p.takeFile(c.Request.Context(), part, sent); err != nil {
				return nil, err
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, room+1))
		if err != nil {
			return nil, formProblem(err)
		}
		if room -= int64(len(part.FormName()) + len(value) + ofField); room < 0 {
			return nil, formProblem(&http.MaxBytesError{Limit: maxForm})
		}
		sent.fields.Add(part.FormName(), string(value))
	}
}

// takeFile keeps one uploaded file.
func (p *publicPages) takeFile(ctx context.Context, part *multipart.Part, sent *sentLetter) error {
	content, err := io.ReadAll(io.LimitReader(part, channel.MaxUpload+1)) // the desk refuses the one byte more
	if err != nil {
		return formProblem(err)
	}
	name := tidy(part.FileName())
	if name == "" && len(content) == 0 {
		return nil // no file was chosen
	}
	if len(sent.files) >= channel.MaxAttachments {
		sent.problems = append(sent.problems, portal.FieldError{Field: "files", Message: name + "：附件最多5个，这个没有保留。"})
		return nil
	}
	a, err := p.uploads.once(sent.field("key"), content, func() (channel.Attachment, error) {
		return p.upload(ctx, name, content)
	})
	if e, ok := errors.AsType[*problem.Error](err); ok && strings.HasPrefix(e.Code, "attachment.") {
		sent.problems = append(sent.problems, portal.FieldError{Field: "files", Message: name + "：" + e.Public})
		return nil
	}
	if err == nil {
		sent.files = append(sent.files, portal.KeptFile{ID: a.ID, Name: a.Name})
	}
	return err
}

const (
	memoLife = time.Hour
	memoSize = 2000 // forms remembered at a time
)

// uploadMemo makes sending a form twice store its files once, so that the
// repeat is the same letter. It is a convenience of one process: where it has
// forgotten, the desk refuses the repeat rather than opening a second ticket.
type uploadMemo struct {
	now   func() time.Time
	mu    sync.Mutex
	forms map[string]*formFiles // by form key
}

// formFiles are the files of one form; its lock makes a double click wait.
type formFiles struct {
	born  time.Time
	mu    sync.Mutex
	files map[[sha256.Size]byte]channel.Attachment
}

func newUploadMemo(now func() time.Time) *uploadMemo {
	return &uploadMemo{now: now, forms: map[string]*formFiles{}}
}

// once returns what store returned for the same content of the same form
// before, or calls it.
func (m *uploadMemo) once(form string, content []byte, store func() (channel.Attachment, error)) (channel.Attachment, error) {
	f := m.form(form)
	f.mu.Lock()
	defer f.mu.Unlock()
	sum := sha256.Sum256(content)
	if a, ok := f.files[sum]; ok {
		return a, nil
	}
	a, err := store()
	if err == nil {
		f.files[sum] = a
	}
	return a, err
}

func (m *uploadMemo) form(key string) *formFiles {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f, ok := m.forms[key]; ok {
		return f
	}
	at := m.now()
	if len(m.forms) >= memoSize {
		for k, f := range m.forms {
			if at.Sub(f.born) > memoLife {
				delete(m.forms, k)
			}
		}
	}
	f := &formFiles{born: at, files: map[[sha256.Size]byte]channel.Attachment{}}
	if len(m.forms) < memoSize {
		m.forms[key] = f
	}
	return f
}
