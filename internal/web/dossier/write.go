package dossier

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

//go:generate go tool qtc -skipLineComments

// Write writes the ZIP of d. content returns the i-th of its files, one at a
// time; a file that is not the one d names is an error, and leaves a ZIP nobody
// can open.
func Write(w io.Writer, d Dossier, content func(i int) ([]byte, error)) error {
	d.Format = Format
	record, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return fmt.Errorf("write archive.json: %w", err)
	}
	z := bundle{zip: zip.NewWriter(w), at: d.EndedAt.UTC()}
	if err := z.add("archive.json", append(record, '\n')); err != nil {
		return err
	}
	if err := z.add("index.html", []byte(page(&d))); err != nil {
		return err
	}
	for i, f := range d.Files {
		if err := z.addFile(f, func() ([]byte, error) { return content(i) }); err != nil {
			return err
		}
	}
	return z.end()
}

// bundle is a ZIP that remembers what is in it.
type bundle struct {
	zip  *zip.Writer
	at   time.Time
	sums strings.Builder
}

func (z *bundle) add(name string, content []byte) error {
	f, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: z.at})
	if err == nil {
		_, err = f.Write(content)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	z.sums.WriteString(sum(content) + "  " + name + "\n")
	return nil
}

// addFile adds an upload, which has to be what it was.
func (z *bundle) addFile(f File, content func() ([]byte, error)) error {
	b, err := content()
	if err != nil {
		return fmt.Errorf("read %s: %w", f.Path, err)
	}
	if sum(b) != f.SHA256 {
		return fmt.Errorf("%s is not what was uploaded", f.Path)
	}
	return z.add(f.Path, b)
}

// end adds the sums and closes the ZIP.
func (z *bundle) end() error {
	if err := z.add("SHA256SUMS", []byte(z.sums.String())); err != nil {
		return err
	}
	return z.zip.Close()
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// moment is a time as people read it, in Beijing; nothing for the zero time.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(time.FixedZone("CST", 8*60*60)).Format("2006年1月2日 15:04:05")
}
