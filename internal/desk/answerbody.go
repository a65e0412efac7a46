package desk

import (
	"strings"

	"jiesu/internal/desk/knowledge"
)

// AnswerBody is the wire form of a decision (DESIGN §10), the same in the ask
// API and in the chat.
type AnswerBody struct {
	Decision   knowledge.Kind `json:"decision" enum:"answer,clarify,emergency,restricted,smalltalk,none"`
	Confidence float64        `json:"confidence" minimum:"0" maximum:"1"`
	Answer     *AnswerReply   `json:"answer,omitempty"`
	Options    []AnswerOption `json:"options"`
	Hotlines   []string       `json:"hotlines" doc:"numbers to call first"`
	Text       string         `json:"text" doc:"what to show where nothing but plain text can be shown"`
}

// AnswerReply is the reviewed text with what it rests on.
type AnswerReply struct {
	Entry    string        `json:"entry"`
	Version  int           `json:"version"`
	Question string        `json:"question"`
	Text     string        `json:"text"`
	Basis    []AnswerBasis `json:"basis"`
	Sample   bool          `json:"sample" doc:"true while no bureau has reviewed the text"`
}

// AnswerBasis names a document and its article.
type AnswerBasis struct {
	Document string `json:"document"`
	Title    string `json:"title"`
	Number   string `json:"number"`
	Article  string `json:"article,omitempty"`
}

// AnswerOption is one choice of a clarifying question.
type AnswerOption struct {
	Entry    string `json:"entry"`
	Question string `json:"question"`
	Hint     string `json:"hint,omitempty" doc:"what tells it from the other options, in a word or two"`
}

// NewAnswerBody returns the wire form of d.
func NewAnswerBody(d knowledge.Decision) AnswerBody {
	b := AnswerBody{
		Decision: d.Kind, Confidence: float64(int(d.Confidence*1e4+0.5)) / 1e4,
		Options: []AnswerOption{}, Hotlines: append([]string{}, d.Hotlines...),
	}
	if a := d.Answer; a != nil {
		b.Answer = &AnswerReply{Entry: a.Entry, Version: a.Version, Question: a.Question, Text: a.Text, Basis: []AnswerBasis{}, Sample: a.Sample}
		for _, basis := range a.Basis {
			b.Answer.Basis = append(b.Answer.Basis, AnswerBasis(basis))
		}
		b.Text = a.Text
		return b
	}
	lines := []string{"您想问的是哪一个？"}
	for _, o := range d.Options {
		b.Options = append(b.Options, AnswerOption(o))
		lines = append(lines, "· "+o.Question)
	}
	b.Text = strings.Join(lines, "\n")
	return b
}
