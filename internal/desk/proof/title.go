package proof

import (
	_ "embed" // titles beside those of the library
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/ticket/deadline"
)

//go:embed titles.yaml
var titlesFile []byte

// title is what titles.yaml knows of a law.
type title struct {
	Title    string `yaml:"title"`
	Over     string `yaml:"over"` // YYYY-MM-DD
	By       string `yaml:"by"`
	Articles int    `yaml:"articles"`
}

func newTitles() ([]title, error) {
	var titles []title
	if err := yaml.UnmarshalWithOptions(titlesFile, &titles, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("proof: titles: %w", err)
	}
	for _, t := range titles {
		if t.Title == "" || (t.Over == "") != (t.By == "") {
			return nil, fmt.Errorf("proof: title %q: what is over names what came instead", t.Title)
		}
	}
	return titles, nil
}

// law is what is known of a title.
type law struct {
	title    string // as it should be written
	number   string
	articles int
	state    state
	since    string // of the state
	by       string
	aside    bool // known from titles.yaml alone
}

type state int

const (
	inForce     state = iota
	notYet            // in force later
	unpublished       // known to us alone
	over              // repealed or expired
)

// shelf holds the laws by their short titles.
type shelf map[string]*law

const republic = "中华人民共和国"

// shelve puts the library's documents over the titles known beside them. Of
// several documents with one title the one in force counts.
func (c *Checker) shelve(documents []knowledge.Document, at time.Time) shelf {
	s := make(shelf, len(documents)+len(c.titles))
	today := at.In(deadline.Beijing()).Format(time.DateOnly)
	for _, t := range c.titles {
		l := &law{title: t.Title, articles: t.Articles, aside: true}
		if t.Over != "" && t.Over <= today {
			l.state, l.since, l.by = over, t.Over, t.By
		}
		s[t.Title] = l
	}
	known := map[string]bool{}
	for i := range documents {
		d := &documents[i]
		for _, key := range keys(d.Title) {
			l := &law{title: d.Title, number: d.Number}
			l.state, l.since = standing(d, today)
			if old := s[key]; old != nil {
				l.articles = old.articles
				if known[key] && old.state <= l.state {
					continue
				}
			}
			s[key], known[key] = l, true
		}
	}
	return s
}

// standing is where a document stands on a day.
func standing(d *knowledge.Document, today string) (s state, since string) {
	switch {
	case d.Validity == "repealed" || d.Validity == "expired":
		return over, ""
	case d.Published == "" || d.Published > today:
		return unpublished, ""
	case d.Effective > today:
		return notYet, d.Effective
	}
	return inForce, ""
}

// keys are the short forms a title is cited by: without the republic, and from
// 关于 on, without who issued it.
func keys(title string) []string {
	short := shorten(title)
	if i := strings.Index(short, "关于"); i > 0 {
		return []string{short, short[i:]}
	}
	return []string{short}
}

func shorten(title string) string {
	title = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '〈', '〉', '<', '>':
			return -1
		}
		return r
	}, folded(title))
	title = strings.TrimPrefix(title, republic)
	if i := strings.IndexByte(title, '('); i > 0 && holds(title[i:], "修正", "修订", "年", "版") {
		title = title[:i]
	}
	return title
}

// near is the law whose title was probably meant by one that is not known. A
// title has to be long enough, and alone in being so close.
func (s shelf) near(short string) *law {
	want := []rune(short)
	best, distance, alone := (*law)(nil), 0, false
	for key, l := range s {
		if l.state == over {
			continue
		}
		have := []rune(key)
		d, ok := edits(want, have, slack(want, have))
		switch {
		case !ok:
		case best == nil || d < distance:
			best, distance, alone = l, d, true
		case d == distance && l.title != best.title:
			alone = false
		}
	}
	if !alone {
		return nil
	}
	return best
}

// slack is how many characters of a title may be wrong. Laws of one family differ
// in two; who leaves two out of a title means it all the same.
func slack(want, have []rune) int {
	switch length := len(have); {
	case length < 5:
		return 0
	case length >= 15:
		return 3
	case length >= 7 && length-len(want) == 2:
		return 2
	default:
		return 1
	}
}

// edits is the Levenshtein distance of a and b where it is at most limit.
func edits(a, b []rune, limit int) (int, bool) {
	if limit == 0 || len(a)-len(b) > limit || len(b)-len(a) > limit {
		return 0, false
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range a {
		corner := row[0]
		row[0] = i + 1
		for j, q := range b {
			cost := corner
			if r != q {
				cost = min(corner, row[j], row[j+1]) + 1
			}
			corner, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)], row[len(b)] <= limit
}
