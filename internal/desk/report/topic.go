package report

import (
	"cmp"
	"errors"
	"slices"
)

// leastTopic is how many letters have to be behind a topic, whatever a form says:
// fewer would tell of single people.
const leastTopic = 5

// TopicRule says which of the matters people wrote about are told as topics of a
// month; the zero value: none.
type TopicRule struct {
	Name    string `yaml:"name"`
	Formula string `yaml:"formula"`
	Fewest  int    `yaml:"fewest"` // letters behind one
	Most    int    `yaml:"most"`   // topics
}

func (r *TopicRule) check() error {
	if *r != (TopicRule{}) && (r.Name == "" || r.Formula == "" || r.Fewest < leastTopic || r.Most < 1) {
		return errors.New("topics of a report: a name, a formula, at least five letters and one topic are needed")
	}
	return nil
}

// Pair is two tickets that are about the same matter.
type Pair struct{ A, B string }

// Topics puts tickets together that are about the same matter, whether two of them
// are a pair or others lie between them: each topic ascending, the largest first,
// and of those as large the one that begins first.
func Topics(pairs []Pair) [][]string {
	above := map[string]string{}
	var root func(id string) string
	root = func(id string) string {
		up, known := above[id]
		if !known || up == id {
			above[id] = id
			return id
		}
		above[id] = root(up)
		return above[id]
	}
	for _, p := range pairs {
		a, b := root(p.A), root(p.B)
		above[max(a, b)] = min(a, b)
	}
	byFirst := map[string][]string{}
	for id := range above {
		byFirst[root(id)] = append(byFirst[root(id)], id)
	}
	topics := make([][]string, 0, len(byFirst))
	for _, t := range byFirst {
		slices.Sort(t)
		topics = append(topics, t)
	}
	slices.SortFunc(topics, func(a, b []string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a[0], b[0])) })
	return topics
}

// Cells are the topics of a month as they are kept: each under its first ticket.
func (r *TopicRule) Cells(pairs []Pair) []Cell {
	var cells []Cell
	for _, t := range Topics(pairs) {
		if len(cells) < r.Most && len(t) >= r.Fewest {
			cells = append(cells, Cell{Step: Topic, Code: t[0], N: int64(len(t))})
		}
	}
	return cells
}

// Phrases names topics by what people wrote: of the runs of letters that at least
// half of a topic's titles and at least so many hold, the one that says most and
// that the fewest other topics hold too; empty where there is none. Neighbours in
// a run have to be known as such: a name that many people wrote is none of them.
func Phrases(topics [][]string, least int, known func(a, b rune) bool) []string {
	held := make([]map[string]int, len(topics)) // titles, by run
	in := map[string]int{}                      // topics
	for i, titles := range topics {
		held[i] = map[string]int{}
		for _, title := range titles {
			for run := range runs([]rune(title), known) {
				held[i][run]++
			}
		}
		for run := range held[i] {
			in[run]++
		}
	}
	names := make([]string, len(topics))
	for i, titles := range topics {
		names[i] = phrase(held[i], max(least, (len(titles)+1)/2), in)
	}
	return names
}

// phrase is the run of one topic, held by at least so many titles, that says most.
func phrase(held map[string]int, least int, in map[string]int) (name string) {
	best := 0.0
	for run, n := range held {
		if n < least {
			continue
		}
		says := float64(n*(len([]rune(run))-1)) / float64(in[run])
		if says > best || says == best && run < name {
			best, name = says, run
		}
	}
	return name
}

// runs are the runs of letters in a title that could name it: they do not begin or
// end with a word that only joins others.
func runs(title []rune, known func(a, b rune) bool) map[string]bool {
	const shortest, longest = 2, 12
	found := map[string]bool{}
	for i := range title {
		for n := shortest; n <= longest && i+n <= len(title) && known(title[i+n-2], title[i+n-1]); n++ {
			if !joins(title[i]) && !joins(title[i+n-1]) {
				found[string(title[i:i+n])] = true
			}
		}
	}
	return found
}

func joins(r rune) bool { return slices.Contains([]rune("的了吗呢吧请在是和与对我您"), r) }
