package desk

import (
	"context"
	"slices"
	"sync"
	"time"

	"jiesu/internal/desk/channel"
	"jiesu/internal/desk/ticket/deadline"
)

// MessageCounts are how many letters came in, and what became of them since.
type MessageCounts struct {
	Received    int64
	Accepted    int64 // or dispatched at once
	Declined    int64
	Withdrawn   int64 // by whoever wrote
	Transferred int64
	Answered    int64
	OnTime      int64 // of those, the first answer
	Published   int64 // of those, can be read by everybody
}

// Valid are the letters that an answer is owed to.
func (c *MessageCounts) Valid() int64 { return c.Received - c.Declined - c.Withdrawn - c.Transferred }

func (c *MessageCounts) add(o *MessageCounts) {
	c.Received += o.Received
	c.Accepted += o.Accepted
	c.Declined += o.Declined
	c.Withdrawn += o.Withdrawn
	c.Transferred += o.Transferred
	c.Answered += o.Answered
	c.OnTime += o.OnTime
	c.Published += o.Published
}

// MonthOfMessages are the letters of one month.
type MonthOfMessages struct {
	Month string    // YYYY-MM
	At    time.Time // when they were counted
	MessageCounts
}

// MessageFigures are the letters whose replies can be published, by month of
// receipt, the newest first.
type MessageFigures struct {
	Months []MonthOfMessages
	Total  MessageCounts
}

// Figures are the same for everybody who looks, and little becomes of old letters.
const (
	figureMonths = 12
	newMonths    = 2
	newLife      = time.Hour
	oldLife      = 24 * time.Hour
)

// figureBoard keeps what was counted last. Whoever comes while it is counted waits.
type figureBoard struct {
	mu     sync.Mutex
	months map[string]MonthOfMessages
}

// MessageFigures counts the letters of the last twelve months. Kinds whose replies
// are never published, reports (举报) before all, are not in it.
func (d *Desk) MessageFigures(ctx context.Context) (MessageFigures, error) {
	d.counted.mu.Lock()
	defer d.counted.mu.Unlock()
	at := d.at()
	first := at.In(deadline.Beijing())
	first = time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, deadline.Beijing())
	was := d.counted.months
	d.counted.months = map[string]MonthOfMessages{}
	var f MessageFigures
	for n := range figureMonths {
		from := first.AddDate(0, -n, 0)
		life := newLife
		if n >= newMonths {
			life = oldLife
		}
		m := was[from.Format("2006-01")]
		if m.Month == "" || at.Before(m.At) || at.Sub(m.At) >= life {
			var err error
			if m, err = d.countMonth(ctx, from, at); err != nil {
				return MessageFigures{}, err
			}
		}
		d.counted.months[m.Month] = m
		f.Months = append(f.Months, m)
		f.Total.add(&m.MessageCounts)
	}
	return f, nil
}

func (d *Desk) countMonth(ctx context.Context, from, at time.Time) (MonthOfMessages, error) {
	kinds := slices.DeleteFunc(channel.Kinds(), func(k channel.Kind) bool { return !k.Profile().Publishes })
	c, err := d.Store.CountMessages(ctx, kinds, from.UTC(), from.AddDate(0, 1, 0).UTC())
	return MonthOfMessages{Month: from.Format("2006-01"), At: at, MessageCounts: c}, err
}
