package faq

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
	"golang.org/x/sync/errgroup"
)

// Entry is one question and answer as it stands in its file.
type Entry struct {
	ID        string   `yaml:"id"`
	Version   int      `yaml:"version"`
	Question  string   `yaml:"question"`
	Variants  []string `yaml:"variants"`
	Answer    string   `yaml:"answer"`
	Category  string   `yaml:"category"`
	Audience  string   `yaml:"audience"`
	Keywords  []string `yaml:"keywords"`
	Basis     []Basis  `yaml:"basis"`
	Owner     string   `yaml:"owner"`
	ValidFrom string   `yaml:"valid_from"`
	ValidTo   string   `yaml:"valid_to"`
	ReviewBy  string   `yaml:"review_by"`
	Certainty string   `yaml:"certainty"`
	Sample    bool     `yaml:"sample"`
	Local     string   `yaml:"local"`
	Item      *Item    `yaml:"item"`

	Path string `yaml:"-"` // the file it came from
}

// Basis names a document and the articles an answer rests on.
type Basis struct {
	Document string `yaml:"document"`
	Article  string `yaml:"article"`
}

// Item is what one needs to get something done at a counter.
type Item struct {
	Conditions []string `yaml:"conditions"`
	Materials  []string `yaml:"materials"`
	Procedure  []string `yaml:"procedure"`
	TimeLimit  string   `yaml:"time_limit"`
	Fee        string   `yaml:"fee"`
}

// Document is a law or policy document with the eight metadata fields of a
// normative document.
type Document struct {
	ID        string `yaml:"id"`
	Title     string `yaml:"title"`
	Number    string `yaml:"number"`
	Issuer    string `yaml:"issuer"`
	Index     string `yaml:"index"`
	Topic     string `yaml:"topic"`
	Written   string `yaml:"written"`
	Published string `yaml:"published"`
	Effective string `yaml:"effective"`
	Validity  string `yaml:"validity"`
	Kind      string `yaml:"kind"`
	Certainty string `yaml:"certainty"`
	Note      string `yaml:"note"`

	Path string `yaml:"-"`
}

// Line is a fixed sentence of the robot.
type Line struct {
	ID       string   `yaml:"id"`
	Gate     string   `yaml:"gate"`
	Text     string   `yaml:"text"`
	Hotlines []string `yaml:"hotlines"`
}

// Topic is something other authorities answer for: the words that tell it, and
// the line that says whom to ask.
type Topic struct {
	Line  string   `yaml:"line"`
	Words []string `yaml:"words"`
}

// Hotline is one line of the one-screen registry.
type Hotline struct {
	Number    string `yaml:"number"`
	Name      string `yaml:"name"`
	Use       string `yaml:"use"`
	Scope     string `yaml:"scope"`
	Group     string `yaml:"group"`
	Category  string `yaml:"category"`
	Certainty string `yaml:"certainty"`
	Note      string `yaml:"note"`
}

// Library is everything the robot may say.
type Library struct {
	Entries   []Entry
	Documents []Document
	Lines     []Line
	Topics    []Topic // may be empty
	Hotlines  []Hotline
}

// Load reads and checks a library. The error joins every finding, each with the
// file it is in.
func Load(files fs.FS) (*Library, error) {
	lib := &Library{}
	schemas, err := loadSchemas(files)
	if err != nil {
		return nil, err
	}
	var findings []error
	note := func(err error) {
		if err != nil {
			findings = append(findings, err)
		}
	}
	lib.Entries, err = each(files, "library", func(name string, raw []byte) (Entry, error) {
		e := Entry{Path: name}
		return e, schemas.entry.decode(name, raw, &e)
	})
	note(err)
	lib.Documents, err = each(files, "documents", func(name string, raw []byte) (Document, error) {
		d := Document{Path: name}
		return d, schemas.document.decode(name, raw, &d)
	})
	note(err)
	note(decodeFile(files, "lines.yaml", &lib.Lines))
	if err := decodeFile(files, "topics.yaml", &lib.Topics); !errors.Is(err, fs.ErrNotExist) {
		note(err)
	}
	note(decodeFile(files, "hotlines.yaml", &lib.Hotlines))
	if len(findings) > 0 {
		return nil, errors.Join(findings...)
	}
	slices.SortFunc(lib.Entries, func(a, b Entry) int {
		return cmp.Or(
			cmp.Compare(slices.Index(Categories(), a.Category), slices.Index(Categories(), b.Category)),
			strings.Compare(a.ID, b.ID),
		)
	})
	if err := lib.Check(); err != nil {
		return nil, err
	}
	return lib, nil
}

// each reads every YAML file below dir, several at once, and returns what they hold in
// their lexical order. It joins the errors.
func each[T any](files fs.FS, dir string, read func(name string, raw []byte) (T, error)) ([]T, error) {
	var names []string
	err := fs.WalkDir(files, dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Ext(name) == ".yaml" {
			names = append(names, name)
		}
		return err
	})
	all, findings := make([]T, len(names)), make([]error, len(names)+1)
	findings[len(names)] = err
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range names {
		group.Go(func() error {
			raw, err := fs.ReadFile(files, name)
			if err == nil {
				all[i], err = read(name, raw)
			}
			findings[i] = err
			return nil
		})
	}
	_ = group.Wait() // what they found is joined
	return all, errors.Join(findings...)
}

func decodeFile(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	return decode(name, raw, into)
}

// decode is strict: an unknown key is an error, never silently dropped.
func decode(name string, raw []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Date reads a date of a file; the zero time where it is empty.
func Date(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.ParseInLocation(time.DateOnly, s, time.FixedZone("CST", 8*3600))
}
