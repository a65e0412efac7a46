package channel

import (
	"archive/zip"
	"bytes"
	"path"
	"slices"
	"strings"

	"jiesu/internal/problem"
)

// Limits of what is packed in a document.
const (
	maxPacked   = 2_000
	maxUnpacked = 200 << 20 // bytes, as it says of itself
)

// checkZip refuses a document that is a bomb, carries macros or other archives and
// programs, and any other file that is an archive as well: what one program reads as
// a text or a film, another unpacks.
func checkZip(content []byte, document bool) error {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	archive := err == nil && len(z.File) > 0
	switch {
	case !document && archive:
		return problem.New(problem.Unsupported, "attachment.disguised", "文件里还藏着一个压缩包，不能上传。")
	case !document:
		return nil
	case err != nil:
		return problem.New(problem.Invalid, "attachment.broken", "文件已损坏，请换一个。").Because(err)
	}
	var unpacked uint64
	for _, f := range z.File {
		unpacked += min(f.UncompressedSize64, maxUnpacked)
		if len(z.File) > maxPacked || unpacked >= maxUnpacked {
			return problem.New(problem.TooLarge, "attachment.bomb", "文件解压后太大，不能上传。")
		}
		if unwanted(f.Name) {
			return problem.New(problem.Unsupported, "attachment.embedded", "文档里有宏、程序或者压缩包，请删除后再上传，或者另存为PDF。")
		}
	}
	return nil
}

// unwanted reports whether a file in a document is a program or an archive.
func unwanted(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, "vbaproject.bin") ||
		slices.Contains([]string{".zip", ".rar", ".7z", ".gz", ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".scr", ".jar", ".docm", ".xlsm"}, path.Ext(name))
}
