package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
)

// What flags and arguments are made of: each says what is wrong with it before a
// command begins.

// address is a URL that is safe to be seen: it holds no password.
type address string

// UnmarshalText implements [encoding.TextUnmarshaler].
func (a *address) UnmarshalText(text []byte) error {
	u, err := url.Parse(string(text))
	if err != nil || u.User != nil || u.RawQuery != "" {
		return errors.New("an address without user, password and query") // the cause would repeat them
	}
	*a = address(text)
	return nil
}

type (
	existingFile   string // path of a file that is there
	existingFolder string // path of a folder that is there
)

// UnmarshalText implements [encoding.TextUnmarshaler].
func (f *existingFile) UnmarshalText(text []byte) error { return existing(f, text, false) }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (f *existingFolder) UnmarshalText(text []byte) error { return existing(f, text, true) }

func existing[T ~string](value *T, path []byte, folder bool) error {
	info, err := os.Stat(string(path))
	switch {
	case err != nil:
		return err
	case folder && !info.IsDir():
		return fmt.Errorf("%s is not a folder", path)
	case !folder && info.IsDir():
		return fmt.Errorf("%s is a folder, not a file", path)
	}
	*value = T(path)
	return nil
}

type (
	algorithm   string // a platform signs with
	countedUnit string // of a calendar
	engine      string // of searches
	format      string // of an exported library
	role        string // of staff
)

// UnmarshalText implements [encoding.TextUnmarshaler].
func (a *algorithm) UnmarshalText(text []byte) error { return oneOf(a, text, "sha256", "sm3") }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (u *countedUnit) UnmarshalText(text []byte) error {
	return oneOf(u, text, "working_day", "natural_day", "working_hour")
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (e *engine) UnmarshalText(text []byte) error { return oneOf(e, text, "embedded", "meilisearch") }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (f *format) UnmarshalText(text []byte) error { return oneOf(f, text, "yaml", "xlsx") }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (r *role) UnmarshalText(text []byte) error {
	return oneOf(r, text, "admin", "security", "taskforce", "head", "handler", "leader", "editor", "auditor")
}

func oneOf[T ~string](value *T, text []byte, choices ...string) error {
	if !slices.Contains(choices, string(text)) {
		return fmt.Errorf("%q is none of %s", text, strings.Join(choices, ", "))
	}
	*value = T(text)
	return nil
}

// texts are values as texts.
func texts[T ~string](values []T) []string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = string(v)
	}
	return all
}
