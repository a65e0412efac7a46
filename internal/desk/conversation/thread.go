package conversation

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"jiesu/internal/desk/knowledge"
)

const (
	// ThreadLife is how long after the last word a thread is still followed.
	ThreadLife = 30 * time.Minute
	// MaxRounds is how often in a row the robot asks back about one matter.
	MaxRounds = 2

	maxRefused = 8  // entries: all that two rounds can offer
	maxAsked   = 60 // characters of a question worth keeping; of a longer one the entry says enough
)

// Thread is what a conversation is about: what was answered last, or what is
// being clarified. Questions in it have their personal data masked.
type Thread struct {
	Entry   string   `json:"entry,omitempty"`   // answered or chosen last
	Asked   string   `json:"asked,omitempty"`   // the question it answered, as understood; empty: the entry's own
	Open    string   `json:"open,omitempty"`    // the question being clarified
	Offered []string `json:"offered,omitempty"` // entries to choose from, in the order shown
	Refused []string `json:"refused,omitempty"` // entries offered before and not meant
	Round   int      `json:"round,omitempty"`   // choices in a row about this matter
}

// Empty reports whether nothing is talked about.
func (t Thread) Empty() bool { return t.Entry == "" && t.Open == "" }

// Topic is what a question that leaves out its subject is read with.
func (t Thread) Topic() knowledge.Topic {
	if t.Open != "" {
		return knowledge.Topic{Asked: t.Open}
	}
	return knowledge.Topic{Entry: t.Entry, Asked: t.Asked}
}

// Answered is the thread after entry answered what was understood as asked.
func Answered(entry, asked string) Thread {
	if len([]rune(asked)) > maxAsked {
		asked = ""
	}
	return Thread{Entry: entry, Asked: asked}
}

// Clarifying is the thread after the options were offered for asked. Whoever
// is still at the same matter has one round less left.
func (t Thread) Clarifying(asked string, options []knowledge.Option, same bool) Thread {
	next := Thread{Open: asked, Round: 1}
	if t.Open != "" && same {
		next.Round, next.Refused = t.Round+1, t.refused()
	}
	for _, o := range options {
		next.Offered = append(next.Offered, o.Entry)
	}
	return next
}

// NoneOfThese are the entries refused once those offered now are refused too.
// It is false where no round is left.
func (t Thread) NoneOfThese() (refused []string, ok bool) {
	return t.refused(), t.Open != "" && t.Round < MaxRounds
}

func (t Thread) refused() []string {
	all := append(slices.Clone(t.Refused), t.Offered...)
	return all[max(0, len(all)-maxRefused):]
}

// Choice reads an answer typed to a choice: the number of an option, or that
// it is none of them.
func (t Thread) Choice(text string) (entry string, ok bool) {
	if t.Open == "" {
		return "", false
	}
	said := strings.ToLower(strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) }))
	switch said {
	case "以上都不是", "都不是", "以上都不对", "都不对", "不是", "不对", "没有", "都没有", "没有我要的", "没有我想问的", "都不是我要问的", "不是这些", "以上都没有", "none":
		return "", true
	}
	for _, frame := range [...]string{"我选", "选", "第", "我要第", "我选第", "选第"} {
		said = strings.TrimPrefix(said, frame)
	}
	for _, frame := range [...]string{"个", "项", "条", "种", "号"} {
		said = strings.TrimSuffix(said, frame)
	}
	n := -1
	for i, digits := range [...]string{"1一①", "2二两②", "3三③", "4四④"} {
		if said != "" && len([]rune(said)) == 1 && strings.Contains(digits, said) {
			n = i
		}
	}
	if n < 0 || n >= len(t.Offered) {
		return "", false
	}
	return t.Offered[n], true
}
