package config_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"jiesu/internal/config"
)

// TestTheGuidesAreTrue reads every section of the file of channels that a guide
// shows, as somebody would who copied it.
func TestTheGuidesAreTrue(t *testing.T) {
	t.Parallel()
	guides, err := filepath.Glob("../../deploy/*.zh-CN.md")
	if err != nil || len(guides) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	block := regexp.MustCompile("(?s)```yaml\n((?:outbound|hotlines|wechat|mailboxes|notify|open311):.*?)```")
	named := regexp.MustCompile(`env:(\w+)`)
	read := 0
	for _, guide := range guides {
		content, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range block.FindAllStringSubmatch(string(content), -1) {
			read++
			dir := t.TempDir()
			secret, file := filepath.Join(dir, "secret"), filepath.Join(dir, "channels.yaml")
			text := regexp.MustCompile(`file:/\S+`).ReplaceAllString(m[1], "file:"+secret)
			text = strings.ReplaceAll(text, "64位十六进制数", hexOf("a key"))
			var environ []string
			for _, name := range named.FindAllStringSubmatch(text, -1) {
				environ = append(environ, name[1]+"="+valueOf(name[1]))
			}
			for path, text := range map[string]string{secret: "s3cret", file: text} {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := config.LoadChannels(file, environ); err != nil {
				t.Errorf("%s: %v\n%s", filepath.Base(guide), err, text)
			}
		}
	}
	if read < 4 {
		t.Errorf("%d sections were found", read)
	}
}

func hexOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// valueOf is what the environment may hold under a name.
func valueOf(name string) string {
	if strings.HasPrefix(name, "ROBOT") {
		return "https://robot.example.gov.cn/send?key=1"
	}
	return strings.Repeat("A", 43)
}
