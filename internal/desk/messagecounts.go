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
	Month string // YYYY-MM
	MessageCounts
}

// MessageFigures are the letters whose replies can be published, by month of
// receipt, the newest first.
type MessageFigures struct {
	At     time.Time // when it was counted
	Months []MonthOfMessages
	Total  MessageCounts
}

const (
	figureMonths = 12
	figuresLife  = time.Hour // they are the same for everybody who looks
)

// figureBoard keeps what was counted last. Whoever comes while it is counted waits.
type figureBoard struct {
	mu      sync.Mutex
	figures MessageFigures
}

// MessageFigures counts the letters of the last twelve months. Kinds whose replies
// are never published, reports (举报) before all, are not in it.
func (d *Desk) MessageFigures(ctx context.Context) (MessageFigures, error) {
	d.counted.mu.Lock()
	defer d.counted.mu.Unlock()
	at := d.at()
	if f := d.counted.figures; !f.At.IsZero() && !at.Before(f.At) && at.Sub(f.At) < figuresLife {
		return f, nil
	}
	kinds := slices.DeleteFunc(channel.Kinds(), func(k channel.Kind) bool { return !k.Profile().Publishes })
	now := at.In(deadline.Beijing())
	from := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, deadline.Beijing())
	f := MessageFigures{At: at}
	for until := from.AddDate(0, 1, 0); len(f.Months) < figureMonths; from, until = from.AddDate(0, -1, 0), from {
		c, err := d.Store.CountMessages(ctx, kinds, from.UTC(), until.UTC())
		if err != nil {
			return MessageFigures{}, err
		}
		f.Months = append(f.Months, MonthOfMessages{Month: from.Format("2006-01"), MessageCounts: c})
		f.Total.add(&c)
	}
	d.counted.figures = f
	return f, nil
}
