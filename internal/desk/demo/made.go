package demo

import (
	_ "embed" // what letters are about
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/reply"
)

//go:embed made.yaml
var madeFile []byte

// made is made.yaml, which says how it is read.
type made struct {
	Kinds     []weighted `yaml:"kinds"`
	Sources   []weighted `yaml:"sources"`
	Districts []weighted `yaml:"districts"`
	When      []string   `yaml:"when"`
	Where     []string   `yaml:"where"`
	Closing   []string   `yaml:"closing"`
	Matters   []matter   `yaml:"matters"`

	Notes        []string   `yaml:"notes"`
	Asks         []string   `yaml:"asks"`
	Supplies     []string   `yaml:"supplies"`
	Opinions     []string   `yaml:"opinions"`
	Declines     []string   `yaml:"declines"`
	Transfers    []string   `yaml:"transfers"`
	Withdrawals  []string   `yaml:"withdrawals"`
	Reclassifies []string   `yaml:"reclassifies"`
	Urges        []string   `yaml:"urges"`
	Supervisions []string   `yaml:"supervisions"`
	Circulars    []string   `yaml:"circulars"`
	Refusals     []string   `yaml:"refusals"`
	Thirds       []string   `yaml:"thirds"`
	Ratings      []string   `yaml:"ratings"`
	Replies      [][]string `yaml:"replies"`
}

type weighted struct {
	Value  string `yaml:"value"`
	Weight int    `yaml:"weight"`
}

// matter is something letters are about.
type matter struct {
	Category string         `yaml:"category"`
	Kinds    []channel.Kind `yaml:"kinds"`
	Weight   int            `yaml:"weight"`
	Names    []string       `yaml:"names"` // units it complains about
	Titles   []string       `yaml:"titles"`
	Text     [][]string     `yaml:"text"`
}

func readMade() (*made, error) {
	var m made
	if err := yaml.UnmarshalWithOptions(madeFile, &m, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("parse what letters are about: %w", err)
	}
	return &m, nil
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// drawn is one of some things by their weights.
func drawn[T any](r *rand.Rand, from []T, weight func(*T) int) *T {
	sum := 0
	for i := range from {
		sum += weight(&from[i])
	}
	left := r.IntN(sum)
	for i := range from {
		if left -= weight(&from[i]); left < 0 {
			return &from[i]
		}
	}
	return nil // the weights add up to sum
}

func value(r *rand.Rand, from []weighted) string {
	return drawn(r, from, func(w *weighted) int { return w.Weight }).Value
}

// matter draws a kind of letter and what it is about.
func (m *made) matter(r *rand.Rand) (channel.Kind, *matter) {
	k := channel.Kind(value(r, m.Kinds))
	return k, drawn(r, m.Matters, func(some *matter) int {
		if slices.Contains(some.Kinds, k) {
			return some.Weight
		}
		return 0
	})
}

// letter writes the n-th letter about a matter.
func (m *made) letter(r *rand.Rand, k channel.Kind, about *matter, n int) channel.Letter {
	unit := ""
	if len(about.Names) > 0 {
		unit = pick(r, about.Names)
	}
	filled := strings.NewReplacer("$when", pick(r, m.When), "$where", pick(r, m.Where), "$unit", unit)
	var text strings.Builder
	for _, part := range append(slices.Clone(about.Text), m.Closing) {
		text.WriteString(filled.Replace(pick(r, part)))
	}
	l := channel.Letter{
		Kind: k, Source: channel.Source(value(r, m.Sources)), Category: about.Category, District: value(r, m.Districts),
		Title: channel.DemoMark + filled.Replace(pick(r, about.Titles)), Text: text.String(), Contact: contact(r, k, n), Fields: map[string]string{},
	}
	if k.Profile().Staff { // nobody wrote it
		l.Source, l.Contact = channel.Watch, nil
	}
	for _, f := range k.Profile().Fields {
		switch {
		case f.Type == channel.ChoiceField:
			l.Fields[f.Name] = pick(r, f.Options).Value
		case f.Required:
			l.Fields[f.Name] = "演示：" + pick(r, about.Titles)
		}
	}
	return l
}

// contact is a person nobody can call: no telephone network has numbers that
// begin with so many zeros, and no region has the code of these identity
// numbers.
func contact(r *rand.Rand, k channel.Kind, n int) *channel.Contact {
	p := k.Profile()
	if p.Identity == channel.Anonymous || p.Identity == channel.Optional && r.IntN(10) == 0 {
		return nil
	}
	c := &channel.Contact{Name: "演示" + pick(r, []string{"甲", "乙", "丙", "丁", "戊", "己"}), Phone: fmt.Sprintf("0000%07d", n%10_000_000)}
	if p.IDNumber {
		c.IDNumber = idNumber(n)
	}
	if p.Address {
		c.Address = fmt.Sprintf("演示路%d号", 1+n%200)
	}
	return c
}

// idNumber is an identity number of nobody: region 899999, born in 1850.
func idNumber(n int) string {
	digits := fmt.Sprintf("89999918500101%03d", n%1000)
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(digits[i]-'0')
	}
	return digits + string("10X98765432"[sum%11])
}

// reply is an answer with an outcome; one that refuses names the remedies.
func (m *made) reply(r *rand.Rand, k channel.Kind, o reply.Outcome) string {
	var text strings.Builder
	for _, part := range m.Replies {
		text.WriteString(pick(r, part))
	}
	if k.Refuses(string(o)) {
		text.WriteString(k.Profile().Remedy)
	}
	return text.String()
}
