package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/seal"
)

// installation is a folder with a master key and nothing else.
func installation(t *testing.T) (c config.Config, master string) {
	t.Helper()
	c = config.Default()
	c.Data = t.TempDir()
	master = filepath.Join(t.TempDir(), "master")
	writeKey(t, master, seal.GenerateKey("m1"))
	return c, master
}

func writeKey(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func keyholder(c config.Config) Keyholder {
	environ := []string{"JIESU_DATA=" + c.Data, "JIESU_MASTER_KEY_FILE=" + c.MasterKeyFile, "JIESU_CRYPTO=" + c.Crypto}
	return Keyholder{Environ: environ, Now: time.Now, Out: io.Discard}
}

func TestMasterKeys(t *testing.T) {
	t.Parallel()
	c, master := installation(t)
	c.MasterKeyFile = master
	if err := opened(t, c); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(c.Keyfile())
	if err != nil || strings.Count(string(text), " wrapped ") != 2 {
		t.Fatalf("the first keys are not wrapped: %v", err)
	}
	c.MasterKeyFile, c.MasterKeyCommand = "", []string{"cat", master}
	if err := opened(t, c); err != nil {
		t.Errorf("the master key of a command: %v", err)
	}
	for name, program := range map[string][]string{
		"exit status 3": {"sh", "-c", "echo " + strings.Fields(seal.GenerateKey("m1"))[2] + " >&2; exit 3"},
		"prints more":   {"sh", "-c", "yes | head -c 100000"},
		"no such file":  {filepath.Join(c.Data, "gone")},
		"holds no key":  {"true"},
	} {
		c.MasterKeyCommand = program
		if err := opened(t, c); err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "=") {
			t.Errorf("%v: %v", program, err)
		}
	}
	c.MasterKeyCommand = nil
	if err := opened(t, c); !errors.Is(err, seal.ErrNoMaster) {
		t.Errorf("without the master key: %v", err)
	}
	c.MasterKeyFile = master
	writeKey(t, master, seal.GenerateKey("m1"))
	if err := opened(t, c); !errors.Is(err, seal.ErrOtherMaster) {
		t.Errorf("with another master key: %v", err)
	}
	if err := os.Remove(master); err != nil {
		t.Fatal(err)
	}
	if err := opened(t, c); err == nil || !strings.Contains(err.Error(), "master key: ") {
		t.Errorf("with its file missing: %v", err)
	}
	if again, err := os.ReadFile(c.Keyfile()); err != nil || string(again) != string(text) {
		t.Error("the keys were changed on the way")
	}
}

// TestMasterKeyIsExchanged: both are in the file for a while, and no value is touched.
func TestMasterKeyIsExchanged(t *testing.T) {
	t.Parallel()
	c, master := installation(t)
	if err := opened(t, c); err != nil { // in clear, as before there was a master key
		t.Fatal(err)
	}
	c.MasterKeyFile = master
	second := seal.GenerateKey("m2")
	first, err := os.ReadFile(master)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(first), string(first) + "\n" + second} {
		writeKey(t, master, text)
		if err := keyholder(c).Rewrap(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	writeKey(t, master, second)
	if err := opened(t, c); err != nil {
		t.Errorf("with the second master key alone: %v", err)
	}
}

func TestKeysOthersMayReadAreRefused(t *testing.T) {
	t.Parallel()
	c, master := installation(t)
	c.MasterKeyFile = master
	if err := opened(t, c); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{c.Keyfile(), master} {
		for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			if err := opened(t, c); err == nil || !strings.Contains(err.Error(), "chmod 600") {
				t.Errorf("%s with %v: %v", filepath.Base(path), mode, err)
			}
		}
		if err := os.Chmod(path, 0o400); err != nil {
			t.Fatal(err)
		}
		if err := opened(t, c); err != nil {
			t.Error(err)
		}
	}
}

// TestOneWhoServesTakesANewKey by looking at the file, and at once where a value asks
// for it; a file that is damaged meanwhile changes nothing.
func TestOneWhoServesTakesANewKey(t *testing.T) {
	t.Parallel()
	c, master := installation(t)
	c.MasterKeyFile, c.Crypto = master, "sm"
	s, v, err := openStore(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx, k := context.Background(), keyholder(c)
	if err := k.Rotate(ctx, true); err != nil {
		t.Fatal(err)
	}
	if err := v.renew(ctx); err != nil || v.ring.Current() != "k1" {
		t.Errorf("a staged key: %s seals, %v", v.ring.Current(), err)
	}
	if err := k.Rotate(ctx, false); err != nil {
		t.Fatal(err)
	}
	_, other, err := openStore(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := v.ring.Open("a", other.ring.Seal("a", []byte("x"))); err != nil || string(got) != "x" || v.ring.Current() != other.ring.Current() {
		t.Errorf("sealed under a key that was not read yet: %q, %v", got, err)
	}
	figures, err := newFigures(s.Stats, newIndex(nil, slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{0, time.Hour} {
		a := &App{store: s, keys: v, figures: figures, now: func() time.Time { return time.Now().Add(after) }}
		if err := a.reseal(ctx); err != nil {
			t.Fatal(err)
		}
		if r, err := s.Resealing(ctx); err != nil || r.Done != (after > 0) {
			t.Errorf("%v after the rotation: %+v, %v", after, r, err)
		}
	}
	was := v.ring.Current()
	writeKey(t, c.Keyfile(), "k9 nothing\n")
	if err := v.renew(ctx); err == nil || v.ring.Current() != was {
		t.Errorf("a damaged file: %v", err)
	}
}
