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

// TestALineIsKnownByItsNetworkAlone: without one, anybody could speak for the
// platform.
func TestALineIsKnownByItsNetworkAlone(t *testing.T) {
	t.Parallel()
	for from, right := range map[string]bool{"": false, "from: [10.20.0.0/16]": true, "from: [intranet]": false} {
		path := filepath.Join(t.TempDir(), "channels.yaml")
		text := "hotlines: {duty: {name: 110, adapter: network, url: 'http://10.20.0.1/deal', dialect: police, " + from + "}}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.LoadChannels(path, nil); (err == nil) != right || err != nil && !strings.Contains(err.Error(), "hotlines.duty.from") {
			t.Errorf("%q: %v", from, err)
		}
	}
}
