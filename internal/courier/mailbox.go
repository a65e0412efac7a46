package courier

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
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
	_, name, _ := strings.Cut(v.Route, "/")
	to, ok := m[name]
	if !ok {
		return Result{Outcome: desk.PeerRefused, Detail: "the mailbox is not configured"}
	}
	pushed, err := to.Source.Push(ctx, to.Client, v.ID, to.Now(), v.Body)
	if err != nil { // what it says may hold the address
		if errors.Is(err, ErrForbidden) {
			return Result{Outcome: desk.PeerRefused, Detail: "the address leads where nothing is sent to"}
		}
		return Result{Outcome: desk.NobodyKnows, Detail: "no answer"}
	}
	got := Result{Outcome: desk.TryLater, Status: pushed.Status}
	switch {
	case pushed.Taken:
		got.Outcome = desk.Arrived
	case pushed.Status/100 == 2:
		got.Outcome, got.Detail = desk.PeerRefused, "it did not say that it was taken"
	case pushed.Status == http.StatusRequestTimeout, pushed.Status == http.StatusTooManyRequests, pushed.Status >= http.StatusInternalServerError:
		if seconds, err := strconv.Atoi(pushed.Wait); err == nil {
			got.After = time.Duration(min(max(seconds, 0), maxWait)) * time.Second
		}
	default:
		got.Outcome = desk.PeerRefused
	}
	return got
}

// maxWait is how many seconds a mailbox may ask to be left alone.
const maxWait = 60 * 60

// MailboxPauses are what is waited between the tries: two days of them.
func MailboxPauses() []time.Duration {
	return []time.Duration{
		10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	}
}
