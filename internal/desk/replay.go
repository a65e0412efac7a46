package desk

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/seal"
)

const (
	replayPage    = 500
	mostUnclaimed = 100_000 // unanswered questions looked at
)

// PastQuestions gathers what was asked since a time, personal data masked: what
// citizens said in chats that are no reports (举报), what the library could not
// answer elsewhere, and what editors have labelled. It is for replaying in memory, and for nobody to read.
func (d *Desk) PastQuestions(ctx context.Context, since time.Time) ([]knowledge.Past, error) {
	analyzer, err := knowledge.NewAnalyzer()
	if err != nil {
		return nil, err
	}
	p := gathered{analyzer: analyzer, at: map[string]int{}}
	if err := d.askedInChats(ctx, since, &p); err != nil {
		return nil, err
	}
	unanswered, err := d.Store.Unanswered(ctx, mostUnclaimed)
	if err != nil {
		return nil, err
	}
	for _, u := range unanswered {
		if !u.LastAt.Before(since) {
			p.atLeast(u.Text, u.Count)
		}
	}
	labels, err := d.Taught(ctx)
	if err != nil {
		return nil, err
	}
	for i := range labels {
		l := &labels[i]
		if q := p.atLeast(l.Question, 1); q != nil {
			q.Labelled, q.Gold = true, l.Entries
		}
	}
	return p.questions, nil
}

func (d *Desk) askedInChats(ctx context.Context, since time.Time, p *gathered) error {
	conversation, seq := "", int64(0)
	read, reported := "", false // the chat looked at, and whether it is a report
	for {
		ms, err := d.Store.SaidAfter(ctx, since, conversation, seq, replayPage)
		if err != nil {
			return err
		}
		for i := range ms {
			if ms[i].Conversation != read {
				read = ms[i].Conversation
				if reported, err = inChat(read).reported(ctx, d.Store); err != nil {
					return err
				}
			}
			var b struct {
				Text string `json:"text"`
			}
			if !reported && json.Unmarshal(ms[i].Body, &b) == nil && b.Text != handedOver {
				p.add(seal.Mask(b.Text))
			}
		}
		if len(ms) < replayPage {
			return nil
		}
		conversation, seq = ms[len(ms)-1].Conversation, ms[len(ms)-1].Seq
	}
}

// gathered merges questions that differ in nothing but marks and blanks.
type gathered struct {
	analyzer  *knowledge.Analyzer
	questions []knowledge.Past
	at        map[string]int // by key
}

// find returns the question of a text, a new one if need be; nil where it has
// no words.
func (p *gathered) find(text string) *knowledge.Past {
	key := questionKey(p.analyzer, text)
	if key == "" {
		return nil
	}
	i, ok := p.at[key]
	if !ok {
		i = len(p.questions)
		p.at[key] = i
		p.questions = append(p.questions, knowledge.Past{Text: strings.TrimSpace(text)})
	}
	return &p.questions[i]
}

func (p *gathered) add(text string) {
	if q := p.find(text); q != nil {
		q.Times++
	}
}

// atLeast notes that a question was asked some times, in chats counted already
// or elsewhere.
func (p *gathered) atLeast(text string, times int) *knowledge.Past {
	q := p.find(text)
	if q != nil {
		q.Times = max(q.Times, times)
	}
	return q
}

// questionKey is what makes two questions one; empty where there are no words.
func questionKey(a *knowledge.Analyzer, text string) string {
	return strings.Join(strings.Fields(a.Normalise(text)), "")
}
