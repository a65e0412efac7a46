package channel

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Ending is how the name of a file of a type ends; uploads are of no other.
func Ending(mediaType string) string {
	return map[string]string{
		"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf", "text/plain": ".txt",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
		"audio/mpeg": ".mp3", "audio/wav": ".wav", "audio/amr": ".amr", "video/mp4": ".mp4",
	}[mediaType]
}

// FileName is what a file from the public is called where it is saved: a desk's
// machine opens it by its name, and would run a text called 通知.bat or 通知.hta. So
// it ends as files end that are only shown, or gets the ending of what it is.
func FileName(name, mediaType string) string {
	shown := []string{".jpg", ".jpeg", ".png", ".gif", ".webp", ".pdf", ".txt", ".docx", ".mp3", ".wav", ".amr", ".mp4"}
	if !slices.Contains(shown, strings.ToLower(path.Ext(name))) {
		name += Ending(mediaType)
	}
	if r := []rune(name); len(r) > maxFileName {
		return string(r[len(r)-maxFileName:]) // the end holds the extension
	}
	return name
}

// shownName keeps the last path element without what cannot be seen: control
// characters, and those that turn round what follows (fdp.exe for exe.pdf).
func shownName(name string) string {
	name = path.Base(strings.ReplaceAll(name, "\\", "/"))
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == utf8.RuneError {
			return -1
		}
		return r
	}, name))
	if name == "" || name == "." || name == "/" {
		return "附件"
	}
	return name
}
