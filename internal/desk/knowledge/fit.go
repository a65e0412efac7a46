package knowledge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"
)

// Corpus is a library with questions whose right entries are known.
type Corpus struct {
	Name    string
	Library *Library
	Index   Index
	Queries []Query
	Outside []string // what nothing in the library answers
	Meaning Embedder // of this library; nil: no weights for nearness in meaning are learnt
}

// Fitting says how to learn.
type Fitting struct {
	Price      float64   // of a wrong answer, where a right one is worth 1 and silence 0
	At         time.Time // the day the questions are asked
	Leave      []string  // names of features to leave out, to see what they add
	Embeddings string    // the model behind the corpora's Meaning, to be kept with what is learnt

	meant bool // nearness in meaning counts
}

// Training is what is kept of how a model was learnt. The figures are those of
// questions the model had not seen: each was held out once, in five parts.
type Training struct {
	Embeddings string       `yaml:"embeddings,omitempty"` // the model that told how near entries are
	Price      float64      `yaml:"price"`                // of a wrong answer; the answer threshold is price/(1+price)
	Corpora    []HeldOutSet `yaml:"corpora"`
}

// HeldOutSet is how well the questions of one corpus did while held out.
type HeldOutSet struct {
	Name    string  `yaml:"name"`
	Queries int     `yaml:"queries"`
	Outside int     `yaml:"outside"`
	Recall1 float64 `yaml:"recall_at_1"`
	Recall5 float64 `yaml:"recall_at_5"`
	MRR     float64 `yaml:"mrr"`
	AUROC   float64 `yaml:"auroc"`
	ECE     float64 `yaml:"ece"`
}

// folds is how many parts the questions are held out in.
const folds = 5

// lesson is one question with its candidates compared.
type lesson struct {
	corpus   int
	fold     int
	found    []Scored
	right    []bool // by candidate
	weight   float64
	question asked
	known    bool // has a right entry somewhere, found or not
}

// Fit learns a model. It is deterministic: equal corpora in equal order give
// an equal model.
//
// The ranking is a softmax over the candidates of each question (Cao et al.,
// "Learning to Rank: From Pairwise Approach to Listwise Approach", 2007), the
// confidence a logistic regression over the signals of held-out questions, so
// that it is not flattered by questions the ranking has seen. A large corpus
// counts for more than a small one, but by the root of its size.
func Fit(ctx context.Context, corpora []Corpus, o Fitting) (*Model, error) {
	if !slices.ContainsFunc(corpora, func(c Corpus) bool { return len(c.Queries) > 0 }) || o.Price <= 0 {
		return nil, errors.New("knowledge: fit: no labelled questions, or no price of a wrong answer")
	}
	start, err := ShippedModel()
	if err != nil {
		return nil, err
	}
	m, err := learn(ctx, corpora, start, o)
	if err != nil || !slices.ContainsFunc(corpora, func(c Corpus) bool { return c.Meaning != nil }) {
		return m, err
	}
	o.meant = true
	m.meaning, err = learn(ctx, corpora, m, o)
	return m, err
}

// learn finds one set of weights, starting from those of start.
func learn(ctx context.Context, corpora []Corpus, start *Model, o Fitting) (*Model, error) {
	m := *start
	m.meaning = nil
	// Which variant of an entry is compared depends on the model, so it is
	// learnt twice: with the old choice, then with the new one.
	for range 2 {
		lessons, err := study(ctx, corpora, &m, o)
		if err != nil {
			return nil, err
		}
		bounds := rankBounds(o.Leave)
		held := make([]judged, 0, len(lessons))
		for fold := range folds {
			w := learnRank(lessons, bounds, func(l *lesson) bool { return l.fold != fold })
			for i := range lessons {
				if lessons[i].fold == fold {
					held = append(held, lessons[i].judge(&w))
				}
			}
		}
		m.rank = learnRank(lessons, bounds, func(*lesson) bool { return true })
		m.rank[popular] = start.rank[popular]
		confident(&m, held)
		m.training = Training{Price: o.Price, Corpora: heldOut(corpora, held)}
		if o.meant {
			m.training.Embeddings = o.Embeddings
		}
	}
	m.thresholds.Answer = round(o.Price / (1 + o.Price))
	return &m, nil
}

// study compares every question with its candidates.
func study(ctx context.Context, corpora []Corpus, m *Model, o Fitting) ([]lesson, error) {
	var lessons []lesson
	for i := range corpora {
		c := &corpora[i]
		lib, matcher := c.under(m, o.meant)
		take := func(q Query) error {
			f, err := matcher.studied(ctx, lib, q.Text, o)
			if err != nil {
				return fmt.Errorf("knowledge: fit %s: %w", q.ID, err)
			}
			l := lesson{corpus: i, fold: foldOf(q.Text), known: len(q.Gold) > 0, weight: c.weight(len(q.Gold) > 0), question: f.asked}
			l.found = f.scored
			for _, s := range f.scored {
				l.right = append(l.right, slices.Contains(q.Gold, s.Entry))
			}
			lessons = append(lessons, l)
			return nil
		}
		for _, q := range c.Queries {
			if err := take(q); err != nil {
				return nil, err
			}
		}
		for _, text := range c.Outside {
			if err := take(Query{ID: "outside", Text: text}); err != nil {
				return nil, err
			}
		}
	}
	return lessons, nil
}

// under is the corpus as m judges it: by nearness in meaning, too, where that is
// to be learnt.
func (c *Corpus) under(m *Model, meant bool) (*Library, *Matcher) {
	if meant {
		return c.Library.With(&Model{meaning: m}), NewMatcher(c.Index).Understanding(c.Meaning)
	}
	return c.Library.With(m), NewMatcher(c.Index)
}

// studied weighs a question to learn from it. Where nearness in meaning is to be
// learnt, it must be known.
func (m *Matcher) studied(ctx context.Context, lib *Library, text string, o Fitting) (finding, error) {
	known := m.meant(ctx, lib, text)
	if o.meant && known.near == nil {
		return finding{}, errors.New("nobody knows how near entries are in meaning")
	}
	return m.weigh(ctx, known, text, o.At)
}

// weight is what one text counts: a question by the root of the corpus's size,
// what lies outside half as much, for fewer of those come in than are labelled.
func (c *Corpus) weight(known bool) float64 {
	each := 1 / math.Sqrt(float64(max(1, len(c.Queries))))
	if known {
		return each
	}
	return each / 2
}

// foldOf spreads questions over the folds, whatever order they come in.
func foldOf(text string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text))
	return int(h.Sum32() % folds)
}

// rankBounds says which way each feature may count.
func rankBounds(leave []string) []bound {
	against := [...]feature{
		objectMissing, objectExtra, actionMissing, actionExtra, aspectMissing, aspectExtra, slotConflict, slotExtra, titleSlot, loss,
	}
	leave = append(slices.Clone(leave), popular.String()) // labelled questions do not tell; its weight is set by hand
	bounds := make([]bound, features)
	for f := range feature(features) {
		bounds[f] = positive
		if slices.Contains(against[:], f) {
			bounds[f] = negative
		}
		if slices.Contains(leave, f.String()) {
			bounds[f] = nought
		}
	}
	return bounds
}

// learnRank finds the weights under which right entries come first.
func learnRank(lessons []lesson, bounds []bound, use func(*lesson) bool) vector {
	var used []*lesson
	total := 0.0
	for i := range lessons {
		if l := &lessons[i]; use(l) && slices.Contains(l.right, true) {
			used = append(used, l)
			total += l.weight
		}
	}
	scale := deviations(used)
	w := descend(func(w, g []float64) float64 { return softmaxLoss(used, total, &scale, w, g) }, bounds)
	var out vector
	for i := range out {
		out[i] = w[i] / scale[i]
	}
	return out
}

// deviations brings all features to one scale, so that one strength of
// regularisation fits all.
func deviations(lessons []*lesson) vector {
	var n float64
	var sum, squares vector
	for _, l := range lessons {
		for k := range l.found {
			n++
			for i, x := range l.found[k].values {
				sum[i] += x
				squares[i] += x * x
			}
		}
	}
	var out vector
	for i := range out {
		mean := sum[i] / max(n, 1)
		out[i] = math.Sqrt(max(squares[i]/max(n, 1)-mean*mean, 0)) + 1e-6
	}
	return out
}

// ridge keeps weights small; it is per question, whatever their number.
const ridge = 0.002

// softmaxLoss is the mean surprise at the right entries, with its gradient.
func softmaxLoss(lessons []*lesson, total float64, scale *vector, w, g []float64) float64 {
	for i := range w {
		g[i] = ridge * w[i]
	}
	loss := ridge / 2 * sumOfSquares(w)
	var shares []float64
	for _, l := range lessons {
		var right float64
		shares, right = l.shares(shares[:0], scale, w)
		loss -= l.weight / total * math.Log(right)
		for k := range l.found {
			p := shares[k]
			if l.right[k] {
				p -= shares[k] / right
			}
			for i, x := range l.found[k].values {
				g[i] += l.weight / total * p * x / scale[i]
			}
		}
	}
	return loss
}

// shares is how the weights spread certainty over the candidates, and how much
// of it falls on right ones.
func (l *lesson) shares(into []float64, scale *vector, w []float64) (shares []float64, right float64) {
	top := math.Inf(-1)
	for k := range l.found {
		s := 0.0
		for i, x := range l.found[k].values {
			s += w[i] * x / scale[i]
		}
		into = append(into, s)
		top = max(top, s)
	}
	all := 0.0
	for k, s := range into {
		into[k] = math.Exp(s - top)
		all += into[k]
	}
	for k := range into {
		into[k] /= all
		if l.right[k] {
			right += into[k]
		}
	}
	return into, max(right, 1e-300)
}

// judged is what became of one lesson under weights that had not seen it.
type judged struct {
	*lesson
	rank     int // of the first right entry; -1: none found
	evidence evidence
	nothing  bool // no candidate at all
	sure     float64
}

func (l *lesson) judge(w *vector) judged {
	j := judged{lesson: l, rank: -1, nothing: len(l.found) == 0}
	if j.nothing {
		return j
	}
	m := Model{rank: *w}
	order := slices.Clone(l.found)
	right := map[string]bool{}
	for i := range order {
		right[order[i].Entry] = l.right[i]
		order[i].Score = m.score(&order[i].values)
	}
	slices.SortStableFunc(order, func(a, b Scored) int { return cmp.Compare(b.Score, a.Score) })
	j.rank = slices.IndexFunc(order, func(s Scored) bool { return right[s.Entry] })
	j.evidence = m.evidence(&l.question, order)
	return j
}

// confident learns the step from signals to a probability, from questions and
// what lies outside.
func confident(m *Model, held []judged) {
	bounds := make([]bound, signals+1)
	for s := range signals {
		bounds[s] = positive
	}
	bounds[elsewhere], bounds[otherThing] = negative, negative
	w := descend(func(w, g []float64) float64 { return logisticLoss(held, w, g) }, bounds)
	copy(m.confidence[:], w[:signals])
	m.bias = w[signals]
	for i := range held {
		if !held[i].nothing {
			held[i].sure = m.probability(held[i].evidence)
		}
	}
}

func logisticLoss(held []judged, w, g []float64) float64 {
	loss, total := 0.0, 0.0
	clear(g)
	for i := range held {
		j := &held[i]
		if j.nothing {
			continue
		}
		z := w[signals]
		for s, x := range j.evidence {
			z += w[s] * x
		}
		y := 0.0
		if j.rank == 0 {
			y = 1
		}
		p := 1 / (1 + math.Exp(-z))
		loss += j.weight * (math.Log1p(math.Exp(-math.Abs(z))) + max(z, 0) - y*z)
		total += j.weight
		for s, x := range j.evidence {
			g[s] += j.weight * (p - y) * x
		}
		g[signals] += j.weight * (p - y)
	}
	for i := range g {
		g[i] = g[i]/total + 1e-4*w[i]
	}
	return loss/total + 1e-4/2*sumOfSquares(w)
}

func sumOfSquares(w []float64) float64 {
	sum := 0.0
	for _, x := range w {
		sum += x * x
	}
	return sum
}

// heldOut measures the held-out questions, corpus by corpus.
func heldOut(corpora []Corpus, held []judged) []HeldOutSet {
	sets := make([]HeldOutSet, len(corpora))
	for i, c := range corpora {
		var in, out []outcome
		for _, j := range held {
			if j.corpus != i {
				continue
			}
			o := outcome{sure: j.sure, rank: j.rank}
			if j.known {
				in = append(in, o)
			} else {
				out = append(out, o)
			}
		}
		r := Report{}
		r.retrieval(in)
		_, r.ECE = calibration(in, out)
		sets[i] = HeldOutSet{
			Name: c.Name, Queries: len(in), Outside: len(out), Recall1: thousandths(r.Recall1), Recall5: thousandths(r.Recall5),
			MRR: thousandths(r.MRR), AUROC: thousandths(auroc(in, out)), ECE: thousandths(r.ECE),
		}
	}
	return sets
}

func thousandths(x float64) float64 { return math.Round(x*1e3) / 1e3 }
