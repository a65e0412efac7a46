package channel

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"path"
	"strings"
	"testing"

	"jiesu/internal/problem"
)

func photo(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		img.Set(x, x%h, color.RGBA{R: 200, A: 255})
	}
	return img
}

func encoded(t *testing.T, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts a place into a JPEG the way a phone does.
func withEXIF(jpg []byte) []byte {
	payload := append([]byte("Exif\x00\x00"), []byte("GPS 22.78N 115.37E")...)
	segment := append([]byte{0xFF, 0xE1, byte((len(payload) + 2) >> 8), byte(len(payload) + 2)}, payload...)
	return append(append(append([]byte{}, jpg[:2]...), segment...), jpg[2:]...)
}

func TestPicturesLoseTheirEXIF(t *testing.T) {
	t.Parallel()
	jpg := withEXIF(encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, photo(40, 30), nil) }))
	if !bytes.Contains(jpg, []byte("GPS")) {
		t.Fatal("the test picture holds no place")
	}
	name, mediaType, kept, err := Sanitise(`C:\照片\现场.jpg`, jpg)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(kept, []byte("GPS")) || bytes.Contains(kept, []byte("Exif")) {
		t.Error("the place is still in the picture")
	}
	if name != "现场.jpg" || mediaType != "image/jpeg" {
		t.Errorf("kept %q as %s", name, mediaType)
	}
	if cfg, err := jpeg.DecodeConfig(bytes.NewReader(kept)); err != nil || cfg.Width != 40 {
		t.Errorf("the kept picture is broken: %v", err)
	}
}

// oriented puts an orientation mark into a JPEG.
func oriented(jpg []byte, o byte) []byte {
	tiff := []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00")
	payload := append(append([]byte("Exif\x00\x00"), tiff...), o, 0, 0, 0, 0, 0, 0)
	segment := append([]byte{0xFF, 0xE1, 0, byte(len(payload) + 2)}, payload...)
	return append(append(bytes.Clone(jpg[:2]), segment...), jpg[2:]...)
}

func TestPicturesStandTheRightWayUp(t *testing.T) {
	t.Parallel()
	img := image.NewRGBA(image.Rect(0, 0, 64, 32)) // white, its top left corner black
	for x := range 64 {
		for y := range 32 {
			img.Set(x, y, color.White)
			if x < 16 && y < 16 {
				img.Set(x, y, color.Black)
			}
		}
	}
	jpg := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, img, nil) })
	for o, corner := range map[byte]image.Point{
		1: {4, 4}, 2: {59, 4}, 3: {59, 27}, 4: {4, 27}, 5: {4, 4}, 6: {27, 4}, 7: {27, 59}, 8: {4, 59}, 9: {4, 4},
	} {
		_, _, kept, err := Sanitise("a.jpg", oriented(jpg, o))
		if err != nil {
			t.Fatal(err)
		}
		got, err := jpeg.Decode(bytes.NewReader(kept))
		if err != nil {
			t.Fatal(err)
		}
		if tall := got.Bounds().Dy() == 64; tall != (o >= 5 && o <= 8) {
			t.Errorf("orientation %d: %v", o, got.Bounds())
		}
		if r, _, _, _ := got.At(corner.X, corner.Y).RGBA(); r > 0x4000 {
			t.Errorf("orientation %d: the marked corner is elsewhere", o)
		}
	}
}

func TestLargePicturesAreScaled(t *testing.T) {
	t.Parallel()
	big := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, photo(4000, 1000)) })
	_, _, kept, err := Sanitise("a.png", big)
	if err != nil {
		t.Fatal(err)
	}
	if cfg, err := png.DecodeConfig(bytes.NewReader(kept)); err != nil || cfg.Width != maxSide || cfg.Height != 640 {
		t.Errorf("scaled to %dx%d, %v", cfg.Width, cfg.Height, err)
	}
}

func TestTypeFollowsContent(t *testing.T) {
	t.Parallel()
	anim := encoded(t, func(b *bytes.Buffer) error {
		return gif.Encode(b, photo(10, 10), nil)
	})
	for name, test := range map[string]struct {
		content  []byte
		wantType string
		wantCode string
	}{
		"gif becomes png":      {anim, "image/png", ""},
		"pdf":                  {[]byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), "application/pdf", ""},
		"text":                 {[]byte("情况说明：某年某月某日"), "text/plain", ""},
		"page named photo.jpg": {[]byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), "", "attachment.type"},
		"svg":                  {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "", "attachment.type"},
		"program":              {[]byte("\x7fELF\x02\x01\x01\x00"), "", "attachment.type"},
		"zip":                  {[]byte("PK\x03\x04\x14\x00\x00\x00"), "", "attachment.type"},
		"empty":                {nil, "", "attachment.empty"},
		"broken picture":       {[]byte("\x89PNG\r\n\x1a\n broken"), "", "attachment.broken_image"},
		"too large":            {make([]byte, MaxUpload+1), "", "attachment.too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, mediaType, _, err := Sanitise("photo.jpg", test.content)
			if test.wantCode == "" && (err != nil || mediaType != test.wantType) {
				t.Errorf("kept as %q, %v", mediaType, err)
			}
			if test.wantCode != "" && !problem.HasCode(err, test.wantCode) {
				t.Errorf("refused with %v, wanted %s", err, test.wantCode)
			}
		})
	}
}

func TestPictureBomb(t *testing.T) {
	t.Parallel()
	header := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, photo(1, 1)) })
	bomb := bytes.Clone(header)
	copy(bomb[16:24], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // claims 65536 × 65536
	if _, _, _, err := Sanitise("a.png", bomb); err == nil {
		t.Error("a picture of four billion pixels was accepted")
	}
}

func TestScanBomb(t *testing.T) {
	t.Parallel()
	jpg := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, photo(40, 30), nil) })
	bomb := append(bytes.Clone(jpg[:len(jpg)-2]), bytes.Repeat([]byte{0xFF, 0xDA, 0x00, 0x08, 1, 1, 0, 1, 5, 0}, 1000)...)
	if _, _, _, err := Sanitise("a.jpg", append(bomb, 0xFF, 0xD9)); !problem.HasCode(err, "attachment.too_many_pixels") {
		t.Errorf("a picture of a thousand scans says %v", err)
	}
}

func TestSixteenBitPicturesMayBeSmallerOnly(t *testing.T) {
	t.Parallel()
	deep := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, image.NewGray16(image.Rect(0, 0, 2600, 2600))) })
	if _, _, _, err := Sanitise("a.png", deep); !problem.HasCode(err, "attachment.too_many_pixels") {
		t.Errorf("says %v", err)
	}
}

// Nothing that came from the public is saved under a name a machine would run.
func TestFileNames(t *testing.T) {
	t.Parallel()
	const text = "text/plain"
	for in, want := range map[string]string{
		"../../etc/passwd":                "passwd.txt",
		"a\x00b\n.txt":                    "ab.txt",
		"":                                "附件.txt",
		"/":                               "附件.txt",
		strings.Repeat("名", 100) + ".pdf": strings.Repeat("名", maxFileName-4) + ".pdf",
		"通知.bat":                          "通知.bat.txt",
		"通知.HTA":                          "通知.HTA.txt",
		"通知.PDF.lnk":                      "通知.PDF.lnk.txt",
		"通知.pdf. ":                        "通知.pdf..txt",
		"通知.pdf::$DATA":                   "通知.pdf::$DATA.txt",
		"通知\u202efdp.exe":                 "通知fdp.exe.txt",
		"通知\u2066.exe\u2069.pdf":          "通知.exe.pdf",
		"报表.csv":                          "报表.csv.txt",
		strings.Repeat("名", 100) + ".vbs": strings.Repeat("名", maxFileName-8) + ".vbs.txt",
	} {
		if got := FileName(shownName(in), text); got != want {
			t.Errorf("%q is saved as %q, want %q", in, got, want)
		}
	}
	for _, mediaType := range []string{"image/png", "application/pdf", "video/mp4"} {
		if got := FileName("x.exe", mediaType); path.Ext(got) != Ending(mediaType) {
			t.Errorf("%s is saved as %q", mediaType, got)
		}
	}
}

func FuzzSanitise(f *testing.F) {
	f.Add("a.png", []byte("\x89PNG\r\n\x1a\n"))
	f.Add("a.gif", []byte("GIF89a"))
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		shown, mediaType, kept, err := Sanitise(name, content)
		if err == nil && (shown == "" || mediaType == "" || len(kept) == 0) {
			t.Errorf("kept nothing of %q", name)
		}
	})
}

func FuzzOrientation(f *testing.F) {
	f.Add([]byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"))
	f.Add([]byte("Exif\x00\x00II*\x00\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, jpg []byte) {
		if o := orientation(jpg); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}
