package courier

import (
	"context"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/webhooks/mailbox"
)

// Mailboxes post answers back to the mailboxes letters came from, by their names.
type Mailboxes map[string]Mailbox

// Mailbox is where answers are posted back to.
type Mailbox struct {
	Source mailbox.Source
	Client *http.Client // of a [Guard]
	Now    func() time.Time
}

// Carry makes one attempt.
func (m Mailboxes) Carry(ctx context.Context, v desk.Delivery) Result {
	name := desk.NameOf(v.Route)
	to, ok := m[name]
	if !ok {
		return Result{Outcome: desk.PeerRefused, Detail: "the mailbox is not configured"}
	}
	pushed, err := to.Source.Push(ctx, to.Client, v.ID, to.Now(), v.Body)
	if err != nil {
		return unanswered(err)
	}
	got := Result{Outcome: desk.TryLater, Status: pushed.Status}
	switch {
	case pushed.Taken:
		got.Outcome = desk.Arrived
	case pushed.Status/100 == 2:
		got.Outcome, got.Detail = desk.PeerRefused, "it did not say that it was taken"
	case pushed.Status == http.StatusRequestTimeout, pushed.Status == http.StatusTooManyRequests, pushed.Status >= http.StatusInternalServerError:
		got.After = asked(pushed.Wait, to.Now())
	default:
		got.Outcome = desk.PeerRefused
	}
	return got
}

// MailboxPauses are what is waited between the tries: two days of them.
func MailboxPauses() []time.Duration {
	return []time.Duration{
		10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	}
}
