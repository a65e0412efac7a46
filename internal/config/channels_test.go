package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiesu/internal/config"
)

func TestChannelsNameWhatTheyDoNotKnow(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "channels.yaml")
	if err := os.WriteFile(path, []byte("pigeons: {post: {token: env:PIGEON}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.LoadChannels(path, nil); err == nil || !strings.Contains(err.Error(), "pigeons") {
		t.Errorf("got %v, want an error that names the unknown key", err)
	}
	if _, err := config.LoadChannels(filepath.Join(t.TempDir(), "none.yaml"), nil); err == nil {
		t.Error("a file that is not there was read")
	}
	if _, err := config.LoadChannels("", nil); err != nil {
		t.Errorf("no file: %v", err)
	}
}

func TestASecretNeverShowsItself(t *testing.T) {
	t.Parallel()
	s := config.Secret("hunter2")
	if shown := fmt.Sprintf("%v %s %#v %+v", s, s, s, struct{ S config.Secret }{s}); strings.Contains(shown, "hunter2") {
		t.Errorf("it shows: %s", shown)
	}
	if s.Reveal() != "hunter2" {
		t.Error("it is not what it was")
	}
}
