package knowledge

import (
	_ "embed"
	"errors"
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
	training   Training
	meaning    *Model // judges questions whose nearness in meaning is known; nil: they are judged like all others
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
	first       signal = iota // its score, on a logarithmic scale
	margin                    // its distance from the second, on a logarithmic scale
	length                    // of the question, on a logarithmic scale up to 40 characters
	concepts                  // words of the trade in the question, up to four
	sameSubject               // characters of the subject shared with the first entry
	elsewhere                 // things the question names and its own question does not
	inPairs                   // its pairs of characters found in the question
	otherThing                // things the first entry is about and the question is not
	inTitle                   // characters of the question found in its own question
	meantFirst                // how near the first entry is in meaning, compared with all others
	meantAhead                // how much nearer than the nearest other entry
	signals     = iota
)

func (s signal) String() string {
	return [signals]string{"first", "margin", "length", "concepts", "subject", "elsewhere", "in_pairs", "other_thing", "in_title", "meaning", "meaning_ahead"}[s]
}

// evidence holds one value for each signal.
type evidence [signals]float64

// modelData is the shape of data/model.yaml.
type modelData struct {
	Rank       map[string]float64 `yaml:"rank"`
	Confidence map[string]float64 `yaml:"confidence"`
	Thresholds thresholds         `yaml:"thresholds"`
	Training   Training           `yaml:"training,omitempty"`
	Meaning    *modelData         `yaml:"with_meaning,omitempty"` // weights of their own for questions whose nearness in meaning is known
}

// ShippedModel is the model the binary carries.
func ShippedModel() (*Model, error) { return ParseModel(modelFile) }

// ParseModel reads a model in the form of data/model.yaml. Every weight it
// names must be known; one it leaves out is 0.
func ParseModel(raw []byte) (*Model, error) {
	var data modelData
	if err := yaml.UnmarshalWithOptions(raw, &data, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("knowledge: model: %w", err)
	}
	m, err := data.model()
	if err != nil || data.Meaning == nil {
		return m, err
	}
	if data.Meaning.Meaning != nil || data.Meaning.Training.Embeddings == "" {
		return nil, errors.New("knowledge: model: with_meaning names no embeddings, or holds another with_meaning")
	}
	m.meaning, err = data.Meaning.model()
	return m, err
}

// model takes the weights out of data.
func (data *modelData) model() (*Model, error) {
	m := &Model{thresholds: data.Thresholds, bias: data.Confidence["bias"], training: data.Training}
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

// YAML writes m in the form ParseModel reads, rounded to what is kept.
func (m *Model) YAML() ([]byte, error) {
	data := m.data()
	if m.meaning != nil {
		data.Meaning = m.meaning.data()
	}
	raw, err := yaml.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("knowledge: model: %w", err)
	}
	return append([]byte("# Learnt by `jiesu eval fit`; its figures stand under training. A weight not named is 0.\n"), raw...), nil
}

func (m *Model) data() *modelData {
	data := &modelData{
		Rank: map[string]float64{}, Confidence: map[string]float64{"bias": round(m.bias)},
		Thresholds: m.thresholds, Training: m.training,
	}
	for f := range feature(features) {
		if w := round(m.rank[f]); w != 0 {
			data.Rank[f.String()] = w
		}
	}
	for s := range signal(signals) {
		if w := round(m.confidence[s]); w != 0 {
			data.Confidence[s.String()] = w
		}
	}
	return data
}

// Meant names the embedding model that the weights for nearness in meaning were
// learnt with; empty: m has none.
func (m *Model) Meant() string {
	if m.meaning == nil {
		return ""
	}
	return m.meaning.training.Embeddings
}

// round keeps two decimals: enough to read, and to give the same model on
// every machine.
func round(x float64) float64 { return math.Round(x*100) / 100 }

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

// explain names the values of e.
func (e evidence) explain() map[string]float64 {
	m := make(map[string]float64, signals)
	for s := range signal(signals) {
		m[s.String()] = e[s]
	}
	return m
}
