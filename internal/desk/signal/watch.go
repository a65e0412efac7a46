package signal

import (
	_ "embed" // the shipped watch
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed watch.yaml
var watchFile []byte

// Level says how much a signal matters.
type Level string

// The levels.
const (
	General Level = "general"
	Major   Level = "major" // told at once to the unit's head and the leader on duty, who acknowledge it
)

// Levels returns every level, in the order they are shown.
func Levels() []Level { return []Level{General, Major} }

// Name is the Chinese name of l, or empty for an unknown level.
func (l Level) Name() string {
	switch l {
	case General:
		return "一般"
	case Major:
		return "重大"
	}
	return ""
}

// Watchlist is what is taken for a weak signal, and who hears of it how soon:
// data, read from watch.yaml, which explains each part. A nil list finds
// nothing. It does not change once read.
type Watchlist struct {
	Version    string
	Notify     time.Duration // after a letter, within which a major signal is told
	Within     time.Duration // in which a post that was told acknowledges it
	Ladder     []string      // posts by role: who hears of it next
	Repeat     Repetition
	Group      Crowd
	Surge      Raising
	Categories []Category
	rows       []row
}

// Raising is what a pattern makes a signal of.
type Raising struct {
	Category string `yaml:"category"`
	Level    Level  `yaml:"level"`
}

// Repetition is from when on one person writes too often.
type Repetition struct {
	Raising `yaml:",inline"`

	Letters int `yaml:"letters"`
	Days    int `yaml:"days"`
}

// Crowd is from when on too many people write about one matter.
type Crowd struct {
	Raising `yaml:",inline"`

	People int `yaml:"people"`
	Days   int `yaml:"days"`
}

// Category is what a signal is about.
type Category struct {
	ID     string `yaml:"id"`
	Name   string `yaml:"name"`   // Chinese
	Police bool   `yaml:"police"` // the unit it would go to may be what it is about
}

// row is one line of the lexicon.
type row struct {
	Raising `yaml:",inline"`

	ID       string   `yaml:"id"`
	Keys     []string `yaml:"keys"`
	Pattern  string   `yaml:"pattern"`
	Not      string   `yaml:"not"`
	Examples []string `yaml:"examples"`
	Others   []string `yaml:"others"`

	fits, spoils *regexp.Regexp // spoils: nil where nothing speaks against it
}

// watchData is the shape of watch.yaml.
type watchData struct {
	Version     string `yaml:"version"`
	Notify      int    `yaml:"notify"`
	Acknowledge struct {
		Within int      `yaml:"within"`
		Ladder []string `yaml:"ladder"`
	} `yaml:"acknowledge"`
	Repeat     Repetition `yaml:"repeat"`
	Group      Crowd      `yaml:"group"`
	Surge      Raising    `yaml:"surge"`
	Categories []Category `yaml:"categories"`
	Rows       []row      `yaml:"rows"`
}

// LoadWatchlist reads the shipped list.
func LoadWatchlist() (*Watchlist, error) { return ParseWatchlist(watchFile) }

// ParseWatchlist reads a list and refuses it whole where anything in it is
// wrong, naming the row.
func ParseWatchlist(data []byte) (*Watchlist, error) {
	var f watchData
	if err := yaml.UnmarshalWithOptions(data, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("signals: %w", err)
	}
	w := &Watchlist{
		Version: f.Version, Notify: time.Duration(f.Notify) * time.Minute, Within: time.Duration(f.Acknowledge.Within) * time.Minute,
		Ladder: f.Acknowledge.Ladder, Repeat: f.Repeat, Group: f.Group, Surge: f.Surge, Categories: f.Categories, rows: f.Rows,
	}
	if err := w.check(); err != nil {
		return nil, fmt.Errorf("signals: %w", err)
	}
	for i := range w.rows {
		if err := w.prepare(i); err != nil {
			return nil, fmt.Errorf("signals: row %d (%s): %w", i+1, w.rows[i].ID, err)
		}
	}
	return w, nil
}

func (w *Watchlist) check() error {
	switch {
	case w.Version == "":
		return errors.New("no version")
	case w.Notify <= 0 || w.Within <= 0:
		return errors.New("notify and acknowledge.within are minutes, at least one")
	case len(w.Ladder) == 0 || slices.ContainsFunc(w.Ladder, func(to string) bool { return !slices.Contains([]string{"head", "taskforce", "leader"}, to) }):
		return errors.New("acknowledge.ladder: only head, taskforce and leader, at least one of them")
	case w.Repeat.Letters < 2 || w.Group.People < 2 || w.Repeat.Days < 1 || w.Group.Days < 1:
		return errors.New("repeat and group: at least two letters or people, at least one day")
	}
	for i, c := range w.Categories {
		known, _ := w.Category(c.ID)
		if c.ID == "" || c.Name == "" || known != w.Categories[i] {
			return fmt.Errorf("category %d (%s): id and name are needed, each id once", i+1, c.ID)
		}
	}
	for of, r := range map[string]Raising{"repeat": w.Repeat.Raising, "group": w.Group.Raising, "surge": w.Surge} {
		if err := w.checkRaising(r); err != nil {
			return fmt.Errorf("%s: %w", of, err)
		}
	}
	return nil
}

func (w *Watchlist) checkRaising(r Raising) error {
	if _, ok := w.Category(r.Category); !ok {
		return fmt.Errorf("no category %q", r.Category)
	}
	if r.Level.Name() == "" {
		return fmt.Errorf("no level %q", r.Level)
	}
	return nil
}

// prepare checks a row and makes it ready.
func (w *Watchlist) prepare(i int) (err error) {
	r := &w.rows[i]
	switch {
	case r.ID == "" || r.Pattern == "" || len(r.Keys) == 0 || slices.Contains(r.Keys, ""):
		return errors.New("id, keys and pattern are needed")
	case slices.ContainsFunc(w.rows[:i], func(o row) bool { return o.ID == r.ID }):
		return errors.New("the id is there twice")
	}
	if err := w.checkRaising(r.Raising); err != nil {
		return err
	}
	if r.fits, err = regexp.Compile(r.Pattern); err != nil {
		return fmt.Errorf("pattern: %w", err)
	}
	if r.fits.MatchString("") {
		return errors.New("pattern: fits every text")
	}
	if r.Not != "" {
		if r.spoils, err = regexp.Compile(r.Not); err != nil {
			return fmt.Errorf("not: %w", err)
		}
	}
	for _, e := range r.Examples {
		if _, _, ok := r.find(fold(e)); !ok {
			return fmt.Errorf("example %q is not found", e)
		}
	}
	for _, o := range r.Others {
		if _, _, ok := r.find(fold(o)); ok {
			return fmt.Errorf("%q is found and should not be", o)
		}
	}
	return nil
}

// Category finds a category; false where there is none of that id.
func (w *Watchlist) Category(id string) (Category, bool) {
	i := slices.IndexFunc(w.Categories, func(c Category) bool { return c.ID == id })
	if i < 0 {
		return Category{}, false
	}
	return w.Categories[i], true
}

// Row is one line of the lexicon, as people read it.
type Row struct {
	Raising

	ID       string
	Keys     []string
	Examples []string // sentences it finds
	Others   []string // sentences it does not
}

// Rows are the lexicon.
func (w *Watchlist) Rows() []Row {
	rows := make([]Row, len(w.rows))
	for i := range w.rows {
		r := &w.rows[i]
		rows[i] = Row{Raising: r.Raising, ID: r.ID, Keys: r.Keys, Examples: r.Examples, Others: r.Others}
	}
	return rows
}

// Next is the role that hears of a signal where the one told before does not
// acknowledge it: the last one again.
func (w *Watchlist) Next(to string) string {
	return w.Ladder[min(slices.Index(w.Ladder, to)+1, len(w.Ladder)-1)]
}
