package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/seal"
	"jiesu/internal/store"
)

const (
	keysEvery    = 10 * time.Second       // the file is read for keys that are new
	keysAtMost   = 100 * time.Millisecond // the same where values ask for a key that is not held
	masterWithin = 15 * time.Second
	masterAtMost = 64 << 10 // bytes a command may print
)

// vault is the file of sealing keys and what opens it.
type vault struct {
	path    string // of the keys
	master  string // file of the master keys; empty: see command
	command []string
	suite   seal.Suite

	mu    sync.Mutex
	ring  *seal.Keyring
	read  []byte // as it was read last
	asked time.Time
}

func newVault(c *config.Config) *vault {
	v := &vault{path: c.Keyfile(), master: c.MasterKeyFile, command: c.MasterKeyCommand, suite: seal.International()}
	if c.Crypto == "sm" {
		v.suite = seal.Commercial()
	}
	return v
}

// open makes the keyring of what the file holds.
func (v *vault) open(ctx context.Context) (*seal.Keyring, error) {
	raw, err := readSecret(v.path)
	if err != nil {
		return nil, fmt.Errorf("sealing keys: %w", err)
	}
	return v.use(ctx, raw)
}

// use makes the keyring of a text, which is in the file, or will be.
func (v *vault) use(ctx context.Context, raw []byte) (*seal.Keyring, error) {
	f, err := v.parse(ctx, raw)
	if err != nil {
		return nil, err
	}
	v.read = raw
	v.ring, err = f.Keyring()
	if err != nil {
		return nil, fmt.Errorf("sealing keys: %w", err)
	}
	v.ring.RenewWith(v.missed)
	return v.ring, nil
}

func (v *vault) parse(ctx context.Context, raw []byte) (*seal.KeyFile, error) {
	master, err := v.masters(ctx)
	if err != nil {
		return nil, err
	}
	f, err := seal.ParseKeyFile(string(raw), master)
	if err != nil {
		return nil, fmt.Errorf("sealing keys: %s: %w", v.path, err)
	}
	return f, nil
}

// fresh is the text of a file with first keys.
func (v *vault) fresh(ctx context.Context) ([]byte, error) {
	master, err := v.masters(ctx)
	if err != nil {
		return nil, err
	}
	return []byte(seal.NewKeyFile(v.suite).Format(master)), nil
}

// masters are the keys that wrap others; nil: there are none.
func (v *vault) masters(ctx context.Context) (*seal.Keyring, error) {
	var raw []byte
	var err error
	switch {
	case v.master != "":
		raw, err = readSecret(v.master)
	case len(v.command) > 0:
		raw, err = printed(ctx, v.command)
	default:
		return nil, nil //nolint:nilnil // keys stand in clear
	}
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	ring, err := seal.ParseKeyring(string(raw))
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	return ring, nil
}

// printed runs a program and returns what it prints. Its errors are not told: they
// may hold what nobody should read.
func printed(ctx context.Context, command []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, masterWithin)
	defer cancel()
	p := exec.CommandContext(ctx, command[0], command[1:]...) //nolint:gosec // the operator names it
	p.WaitDelay = time.Second
	out := &bounded{left: masterAtMost}
	p.Stdout = out
	switch err := p.Run(); {
	case out.left < 0:
		return nil, fmt.Errorf("%s prints more than %d bytes", command[0], masterAtMost)
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s: not done within %v", command[0], masterWithin)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", command[0], err)
	}
	return out.kept.Bytes(), nil
}

// bounded keeps what is written as long as it is not too much.
type bounded struct {
	kept bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, io.ErrShortWrite
	}
	return b.kept.Write(p)
}

// renew takes over keys that were added to the file or taken out of it.
func (v *vault) renew(ctx context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.reread(ctx)
}

func (v *vault) reread(ctx context.Context) error {
	raw, err := readSecret(v.path)
	if err != nil || bytes.Equal(raw, v.read) {
		return err
	}
	f, err := v.parse(ctx, raw)
	if err != nil {
		return err
	}
	next, err := f.Keyring()
	if err == nil {
		err = v.ring.Replace(next)
	}
	if err != nil {
		return fmt.Errorf("sealing keys: %s: %w", v.path, err)
	}
	v.read = raw
	return nil
}

// missed looks for a key that a value asks for and that is not held. Whoever comes
// meanwhile waits; whoever comes soon after finds what is known now.
func (v *vault) missed() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if time.Since(v.asked) < keysAtMost {
		return
	}
	_ = v.reread(context.Background()) // the value does not open, which is told
	v.asked = time.Now()
}

// edit changes the keys in the file, one process at a time, and takes them over.
func (v *vault) edit(ctx context.Context, change func(*seal.KeyFile) error) error {
	err := store.Locked(filepath.Dir(v.path), func() error {
		raw, err := readSecret(v.path)
		if err != nil {
			return err
		}
		f, err := v.parse(ctx, raw)
		if err != nil {
			return err
		}
		if err := change(f); err != nil {
			return err
		}
		master, err := v.masters(ctx)
		if err != nil {
			return err
		}
		return exchange(v.path, []byte(f.Format(master)))
	})
	if err != nil {
		return fmt.Errorf("sealing keys: %w", err)
	}
	return v.renew(ctx)
}

// exchange puts other content into a file, all or nothing. It stays readable for who
// could read it: an operator is not who serves.
func exchange(path string, raw []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	next := path + ".new"
	if err := os.Remove(next); err != nil && !errors.Is(err, fs.ErrNotExist) { // of somebody who was killed
		return err
	}
	if err := create(next, raw); err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Getuid() {
		if err := os.Chown(next, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	if err := errors.Join(os.Chmod(next, info.Mode().Perm()), os.Rename(next, path)); err != nil {
		return err
	}
	return syncFolder(path)
}

// readSecret reads a file of keys. As ssh does it refuses one that others may read;
// what an orchestrator mounts belongs to root and is read by our group.
func readSecret(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	open := info.Mode().Perm() & 0o007
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) == os.Getuid() {
		open = info.Mode().Perm() & 0o077
	}
	if open != 0 {
		return nil, fmt.Errorf("%s is %v: others may read it; chmod 600 it, and rotate the keys if others did", path, info.Mode().Perm())
	}
	return os.ReadFile(path) //nolint:gosec // the operator names the file
}
