package signal

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"github.com/goccy/go-yaml"

	"jiesu/internal/problem"
)

//go:embed model.yaml
var modelFile []byte

// Model says how likely it is that two texts mean the same. It does not change
// once made and is safe for concurrent use.
type Model struct {
	logistic logistic
	words    *words
	back     *Background
}

// modelData is the shape of model.yaml.
type modelData struct {
	Trained Figures            `yaml:"trained"` // by cross-validation
	Bias    float64            `yaml:"bias"`
	Weights map[string]float64 `yaml:"weights"`
}

// NewModel returns the model of the embedded weights, over what the trade's own
// texts say is common.
func NewModel(back *Background) (*Model, error) {
	var data modelData
	if err := yaml.UnmarshalWithOptions(modelFile, &data, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("signal: model: %w", err)
	}
	w, err := newWords()
	if err != nil {
		return nil, err
	}
	m := &Model{words: w, back: back, logistic: logistic{bias: data.Bias}}
	for f := range feature(features) {
		m.logistic.weights[f] = data.Weights[f.String()]
		delete(data.Weights, f.String())
	}
	if len(data.Weights) > 0 {
		return nil, fmt.Errorf("signal: model: unknown weights %v", data.Weights)
	}
	return m, nil
}

// Familiar reports whether two characters stand side by side in the trade's own
// texts.
func (m *Model) Familiar(a, b rune) bool {
	_, pairs := grams([]rune{a, b})
	return len(pairs) > 0 && m.back.knows(pairs[0])
}

// Read makes a text ready to be compared.
func (m *Model) Read(t *Text) *Reading { return read(t, m.words) }

// Same is the probability that a and b mean the same, and what speaks for it.
func (m *Model) Same(a, b *Reading) (p float64, reasons []string) {
	v := compare(a, b, m.back)
	reasons = append(reasons, fmt.Sprintf("用词重合 %.0f%%", 100*v[telling]))
	if v[concepts] > 0 {
		reasons = append(reasons, fmt.Sprintf("业务词重合 %.0f%%", 100*v[concepts]))
	}
	if v[figures] > 0 {
		reasons = append(reasons, "编号或数字不同")
	}
	return m.logistic.probability(&v), reasons
}

// Judge measures the model on labelled pairs.
func (m *Model) Judge(labelled []Labelled) Figures {
	all := make([]judged, len(labelled))
	for i := range labelled {
		p, _ := m.Same(m.Read(&labelled[i].A), m.Read(&labelled[i].B))
		all[i] = judged{p, labelled[i].Same}
	}
	return figuresOf(all)
}

// Fit finds weights for labelled pairs and returns them as model.yaml, with
// figures from cross-validation: each pair was judged by a model fitted without
// it.
func Fit(labelled []Labelled, back *Background) ([]byte, Figures, error) {
	w, err := newWords()
	if err != nil {
		return nil, Figures{}, err
	}
	samples := make([]sample, len(labelled))
	same := 0
	for i := range labelled {
		samples[i] = sample{compare(read(&labelled[i].A, w), read(&labelled[i].B, w), back), labelled[i].Same}
		if labelled[i].Same {
			same++
		}
	}
	if least := 5 * folds; same < least || len(samples)-same < least {
		return nil, Figures{}, problem.New(problem.Invalid, "signal.pairs", "样本太少：两类文本对都至少需要五十对。")
	}
	got := figuresOf(crossValidate(samples))
	return write(fit(samples), got), got, nil
}

// write puts a model down for people to read.
func write(l logistic, f Figures) []byte {
	var b strings.Builder
	b.WriteString("# How likely it is that two texts mean the same: a weight for each comparison.\n" +
		"# Written by jiesu eval fit-duplicates; the figures are from cross-validation.\n")
	fmt.Fprintf(&b, "trained: {pairs: %d, same: %d, auroc: %.4f, best_f1: %.4f, best_f1_at: %.4f, ece: %.4f}\n",
		f.Pairs, f.Same, f.AUROC, f.BestF1, f.At, f.ECE)
	fmt.Fprintf(&b, "bias: %s\nweights:\n", short(l.bias))
	for i, w := range l.weights {
		fmt.Fprintf(&b, "  %s: %s\n", feature(i), short(w))
	}
	return []byte(b.String())
}

// short rounds away what no reader needs; minus nought is nought.
func short(x float64) string { return fmt.Sprintf("%.3f", math.Round(x*1000)/1000+0) }
