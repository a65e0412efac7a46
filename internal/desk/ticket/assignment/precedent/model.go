package precedent

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
)

// Least is how many examples a model needs; with fewer, or with one unit only,
// there is nothing to learn.
const Least = 50

// most bounds what is learnt from: the newest examples.
const most = 5_000

// Model suggests units. It does not change once trained.
type Model struct {
	examples []Example // without their bags
	units    []string  // ascending
	base     *base
	stack    stack
	report   Report
}

// base is the three models over one vocabulary.
type base struct {
	words  *vocabulary
	bayes  bayes
	linear linear
	near   *neighbours
}

// Suggestion is one unit a text may belong to.
type Suggestion struct {
	Unit        string
	Probability float64
	Like        []string // ids of examples of this unit that resemble the text, closest first
}

// Train learns from examples, oldest first; nil where they are too few. It takes
// a second for a thousand examples and ten units, more for more of either, and
// gives up when ctx ends.
func Train(ctx context.Context, examples []Example) (*Model, error) {
	examples = examples[max(0, len(examples)-most):]
	units := unitsOf(examples)
	if len(examples) < Least || len(units) < 2 {
		return nil, nil //nolint:nilnil // no model is an answer here
	}
	m := &Model{units: units}
	labels := m.labels(examples)
	out, err := crossValidate(ctx, examples, labels, len(units))
	if err != nil {
		return nil, err
	}
	m.stack = fitStack(out, labels)
	m.report = measure(m.stack, out, labels, units)
	if m.base, err = trainBase(ctx, examples, labels, len(units)); err != nil {
		return nil, err
	}
	for _, e := range examples {
		m.examples = append(m.examples, Example{ID: e.ID, Unit: e.Unit})
	}
	return m, nil
}

// unitsOf lists the units of examples.
func unitsOf(examples []Example) []string {
	seen := map[string]bool{}
	for _, e := range examples {
		seen[e.Unit] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func (m *Model) labels(examples []Example) []int {
	out := make([]int, len(examples))
	for i, e := range examples {
		out[i], _ = slices.BinarySearch(m.units, e.Unit)
	}
	return out
}

func trainBase(ctx context.Context, examples []Example, labels []int, units int) (*base, error) {
	b := &base{words: newVocabulary(examples)}
	vectors := make([]vector, len(examples))
	for i, e := range examples {
		vectors[i] = b.words.vector(e.Bag)
	}
	terms := len(b.words.idf)
	b.bayes = trainBayes(vectors, labels, units, terms)
	var err error
	b.linear, err = trainLinear(ctx, vectors, labels, units, terms)
	b.near = newNeighbours(vectors, labels, units, terms)
	return b, err
}

// voices are what each model says of each unit.
type voices [3][]float64

func (b *base) voices(bag Bag) voices {
	v := b.words.vector(bag)
	return voices{b.bayes.scores(v), b.linear.scores(v), b.near.scores(v)}
}

// Examples is how many tickets the model was trained on.
func (m *Model) Examples() int { return len(m.examples) }

// Units is how many units it knows.
func (m *Model) Units() int { return len(m.units) }

// Report is how well the model does on letters it has not seen, by
// cross-validation within the past.
func (m *Model) Report() Report { return m.report }

// Suggest returns the units a text may belong to, likeliest first, at most n.
func (m *Model) Suggest(b Bag, n int) []Suggestion {
	p := m.stack.probabilities(m.base.voices(b))
	out := make([]Suggestion, len(m.units))
	for i, u := range m.units {
		out[i] = Suggestion{Unit: u, Probability: p[i]}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return cmp.Compare(b.Probability, a.Probability) })
	out = out[:min(n, len(out))]
	const alike = 0.1 // below, two letters share no more than any two letters
	for _, x := range m.base.near.nearest(m.base.words.vector(b)) {
		e := m.examples[x.example]
		at := slices.IndexFunc(out, func(s Suggestion) bool { return s.Unit == e.Unit })
		if at >= 0 && x.cosine >= alike {
			out[at].Like = append(out[at].Like, e.ID)
		}
	}
	return out
}

// softmax turns scores into probabilities that add up to one.
func softmax(scores []float64) []float64 {
	top, sum := slices.Max(scores), 0.0
	out := make([]float64, len(scores))
	for i, s := range scores {
		out[i] = math.Exp(s - top)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}
