package channel

import (
	"bytes"
	"image"
	"image/color"
	_ "image/gif" // decodes uploads
	"image/jpeg"
	"image/png"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // decodes uploads

	"jiesu/internal/problem"
)

// Limits of an upload.
const (
	MaxUpload   = 10 << 20 // bytes
	maxPixels   = 25_000_000
	maxScans    = 32   // of a JPEG; each costs a pass over the whole picture
	maxSide     = 2560 // longer pictures are scaled down
	maxFileName = 80   // characters
)

// Sanitise decides by content whether an upload may be kept, and returns what
// to keep: pictures are decoded and encoded anew, which drops EXIF (a reporter's
// place and device) and anything hidden behind the picture; other allowed types
// stay as they are. The returned name is for showing only.
func Sanitise(name string, content []byte) (shown, mediaType string, kept []byte, err error) {
	if len(content) == 0 {
		return "", "", nil, problem.New(problem.Invalid, "attachment.empty", "文件是空的。")
	}
	if len(content) > MaxUpload {
		return "", "", nil, problem.New(problem.TooLarge, "attachment.too_large", "文件不能超过10MB。")
	}
	found := mimetype.Detect(content)
	switch {
	case found.Is("image/jpeg"), found.Is("image/png"), found.Is("image/gif"), found.Is("image/webp"):
		mediaType, kept, err = redraw(content, found.Is("image/jpeg") || found.Is("image/webp"))
	case found.Is("application/pdf"), found.Is("text/plain"),
		found.Is("audio/mpeg"), found.Is("audio/amr"), found.Is("audio/wav"), found.Is("video/mp4"),
		found.Is("application/vnd.openxmlformats-officedocument.wordprocessingml.document"):
		mediaType, _, _ = strings.Cut(found.String(), ";")
		kept, err = content, checkZip(content, strings.HasSuffix(mediaType, ".document"))
	default:
		err = problem.New(problem.Unsupported, "attachment.type", "不支持这种文件。可以上传图片、PDF、Word（docx）、文本、录音或MP4视频。")
	}
	if err != nil {
		return "", "", nil, err
	}
	return FileName(shownName(name), mediaType), mediaType, kept, nil
}

func redraw(content []byte, photo bool) (string, []byte, error) {
	broken := problem.New(problem.Invalid, "attachment.broken_image", "图片已损坏，请换一张。")
	cfg, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil {
		return "", nil, broken.Because(err)
	}
	if cfg.Width <= 0 || cfg.Height <= 0 || cfg.Width*cfg.Height > pixels(cfg.ColorModel) || scans(content) > maxScans {
		return "", nil, problem.New(problem.TooLarge, "attachment.too_many_pixels", "图片尺寸太大，请缩小后再上传。")
	}
	img, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return "", nil, broken.Because(err)
	}
	img = turn(shrink(img), orientation(content))
	var out bytes.Buffer
	if photo {
		err = jpeg.Encode(&out, img, &jpeg.Options{Quality: 88})
		return "image/jpeg", out.Bytes(), err
	}
	err = png.Encode(&out, img)
	return "image/png", out.Bytes(), err
}

// pixels is how many of them a picture may have: sixteen bits a colour take
// several times the memory.
func pixels(m color.Model) int {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model, color.Gray16Model:
		return maxPixels / 4
	}
	return maxPixels
}

// scans counts the scans of a JPEG by their markers, those of an embedded
// preview included. A photograph has some ten; a bomb has thousands, each a few
// bytes long and a whole pass to decode.
func scans(content []byte) int { return bytes.Count(content, []byte{0xFF, 0xDA}) }

func shrink(img image.Image) image.Image {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	longest := max(w, h)
	if longest <= maxSide {
		return img
	}
	small := image.NewRGBA(image.Rect(0, 0, max(1, w*maxSide/longest), max(1, h*maxSide/longest)))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
	return small
}
