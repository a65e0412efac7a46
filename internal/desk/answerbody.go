package desk

import (
	"strconv"
	"strings"

	"jiesu/internal/desk/knowledge"
)

// NoneOfThese is what a citizen chooses who means none of the options.
const NoneOfThese = "以上都不是"

// AnswerBody is the wire form of a decision (DESIGN §10), the same in the ask
// API and in the chat.
type AnswerBody struct {
	Decision   knowledge.Kind `json:"decision" enum:"answer,clarify,emergency,restricted,smalltalk,none"`
	Confidence float64        `json:"confidence" minimum:"0" maximum:"1"`
	Answer     *AnswerReply   `json:"answer,omitempty"`
	More       []AnswerReply  `json:"more" doc:"what answers the other questions of the same message; an entry \"line:…\" says of one that it is not answered"`
	Options    []AnswerOption `json:"options" doc:"none, or two to four"`
	NoneOption bool           `json:"none_option" doc:"offer 以上都不是 as well: a choice with an empty entry"`
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
		More: []AnswerReply{}, Options: []AnswerOption{}, NoneOption: len(d.Options) > 0, Hotlines: append([]string{}, d.Hotlines...),
	}
	if d.Answer == nil {
		b.Text = choiceText(d.Options)
		for _, o := range d.Options {
			b.Options = append(b.Options, AnswerOption(o))
		}
		return b
	}
	first := answerReply(d.Answer)
	b.Answer, b.Text = &first, d.Answer.Text
	if len(d.More) == 0 {
		return b
	}
	parts := []string{under(d.Answer)}
	for i := range d.More {
		b.More = append(b.More, answerReply(&d.More[i]))
		parts = append(parts, under(&d.More[i]))
	}
	b.Text = strings.Join(parts, "\n\n")
	return b
}

func answerReply(r *knowledge.Reply) AnswerReply {
	out := AnswerReply{Entry: r.Entry, Version: r.Version, Question: r.Question, Text: r.Text, Basis: []AnswerBasis{}, Sample: r.Sample}
	for _, basis := range r.Basis {
		out.Basis = append(out.Basis, AnswerBasis(basis))
	}
	return out
}

// under is a reply under its question.
func under(r *knowledge.Reply) string {
	if r.Question == "" {
		return r.Text
	}
	return "【" + r.Question + "】\n" + r.Text
}

// choiceText offers options where nothing can be clicked.
func choiceText(options []knowledge.Option) string {
	lines := []string{"您想问的是哪一个？"}
	for i, o := range options {
		line := strconv.Itoa(i+1) + ". " + o.Question
		if o.Hint != "" {
			line += "（" + o.Hint + "）"
		}
		lines = append(lines, line)
	}
	return strings.Join(append(lines, NoneOfThese+"的，请回复“都不是”。"), "\n")
}
