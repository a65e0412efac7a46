package channel

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"testing"

	"jiesu/internal/problem"
)

// document is a Word file with one more file in it.
func document(t *testing.T, extra string, size uint64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml"} {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write([]byte("<x/>"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if extra != "" {
		f, err := z.CreateRaw(&zip.FileHeader{Name: extra, Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(nil), UncompressedSize64: size})
		if err == nil {
			_, err = f.Write(nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestADocumentHidesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		content []byte
		code    string
	}{
		"a document":              {document(t, "", 0), ""},
		"a picture in it":         {document(t, "word/media/1.png", 1000), ""},
		"a bomb":                  {document(t, "word/media/1.xml", 4<<30), "attachment.bomb"},
		"a bomb that overflows":   {document(t, "word/media/1.xml", 1<<63), "attachment.bomb"},
		"macros":                  {document(t, "word/vbaProject.bin", 10), "attachment.embedded"},
		"an archive in it":        {document(t, "word/embeddings/a.ZIP", 10), "attachment.embedded"},
		"a program in it":         {document(t, "word/embeddings/a.exe", 10), "attachment.embedded"},
		"a PDF and an archive":    {append([]byte("%PDF-1.7\n1 0 obj\n"), document(t, "", 0)...), "attachment.disguised"},
		"a plain PDF":             {[]byte("%PDF-1.7\n1 0 obj\n%%EOF"), ""},
		"a text and an archive":   {append([]byte("来信说明\n"), document(t, "", 0)...), "attachment.disguised"},
		"an archive of its own":   {document(t, "a.sh", 1)[:60], "attachment.type"},
		"a page that runs script": {[]byte("<html><script>alert(1)</script></html>"), "attachment.type"},
	} {
		_, _, _, err := Sanitise("a.docx", test.content)
		if (err == nil) != (test.code == "") || err != nil && !problem.HasCode(err, test.code) && test.code != "attachment.disguised" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
