package knowledge

import (
	_ "embed"
	"fmt"
	"math"

	"github.com/goccy/go-yaml"
)

//go:embed data/model.yaml
var modelFile []byte

// Model is the whole of what was learnt from labelled questions: a weight for
// each feature, and the step from scores to a probability. It is immutable.
type Model struct {
	rank       vector
	confidence evidence
	bias       float64
	thresholds thresholds
}

// thresholds turn probabilities and scores into a decision.
type thresholds struct {
	Answer  float64 `yaml:"answer"`  // at least this sure: answer
	Margin  float64 `yaml:"margin"`  // and this far ahead of the second, in score
	Clarify float64 `yaml:"clarify"` // at least this sure that the subject is ours: ask back
	Near    float64 `yaml:"near"`    // no further behind the first, in score: an option
	Related float64 `yaml:"related"` // this far ahead of the second, a first entry would be right if its subject is
}

// signal names one thing that tells whether the first entry is right.
type signal uint8

const (
	first    signal = iota // its score, on a logarithmic scale
	margin                 // its distance from the second
	inAnswer               // what of the question is found in its answer
	length                 // of the question, on a logarithmic scale up to 40 characters
	concepts               // words of the trade in the question, up to four
	signals  = iota
)

func (s signal) String() string {
	return [signals]string{"first", "margin", "in_answer", "length", "concepts"}[s]
}

// evidence holds one value for each signal.
type evidence [signals]float64

// ShippedModel is the model the binary carries.
func ShippedModel() (*Model, error) { return ParseModel(modelFile) }

// ParseModel reads a model in the form of data/model.yaml. Every weight it
// names must be known; one it leaves out is 0.
func ParseModel(raw []byte) (*Model, error) {
	var data struct {
		Rank       map[string]float64 `yaml:"rank"`
		Confidence map[string]float64 `yaml:"confidence"`
		Thresholds thresholds         `yaml:"thresholds"`
	}
	if err := yaml.UnmarshalWithOptions(raw, &data, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("knowledge: model: %w", err)
	}
	m := &Model{thresholds: data.Thresholds, bias: data.Confidence["bias"]}
	delete(data.Confidence, "bias")
	for f := range feature(features) {
		m.rank[f] = data.Rank[f.String()]
		delete(data.Rank, f.String())
	}
	for s := range signal(signals) {
		m.confidence[s] = data.Confidence[s.String()]
		delete(data.Confidence, s.String())
	}
	if len(data.Rank)+len(data.Confidence) > 0 {
		return nil, fmt.Errorf("knowledge: model: unknown weights %v %v", data.Rank, data.Confidence)
	}
	return m, nil
}

// score is how well an entry fits, for ordering.
func (m *Model) score(v *vector) float64 {
	sum := 0.0
	for i, w := range m.rank {
		sum += w * v[i]
	}
	return sum
}

// probability is the chance that the first entry is right.
func (m *Model) probability(e evidence) float64 {
	sum := m.bias
	for i, w := range m.confidence {
		sum += w * e[i]
	}
	return 1 / (1 + math.Exp(-sum))
}

// Explain names the values of e.
func (e evidence) explain() map[string]float64 {
	m := make(map[string]float64, signals)
	for s := range signal(signals) {
		m[s.String()] = e[s]
	}
	return m
}
