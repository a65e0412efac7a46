package courier

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"jiesu/internal/desk"
	"jiesu/webhooks/sms"
)

// SMS sends short messages through one provider. Providers take the same message
// twice, so one that may have been sent is asked for first; where the provider
// cannot be asked, it is not sent again but by staff.
type SMS struct {
	Client   *http.Client // of a [Guard]
	Provider sms.Provider
	Now      func() time.Time
}

// Carry implements [Carrier].
func (c *SMS) Carry(ctx context.Context, v desk.Delivery) Result {
	var body desk.ShortMessage
	if err := json.Unmarshal(v.Body, &body); err != nil {
		return Result{Outcome: desk.PeerRefused, Detail: "sms.body"}
	}
	m := sms.Message{ID: v.ID, Phone: body.Phone}
	for _, one := range body.Values {
		m.Values = append(m.Values, sms.Value(one))
	}
	if v.Tries > 1 || v.Version > claimedOnce {
		if settled := c.find(ctx, m, v); settled != nil {
			return *settled
		}
	}
	return c.send(ctx, m)
}

// claimedOnce is the version of a delivery in its first attempt.
const claimedOnce = 2

// find asks whether m has been taken; nil: it has not, and may be sent.
func (c *SMS) find(ctx context.Context, m sms.Message, v desk.Delivery) *Result {
	q, can := c.Provider.Find(m, v.CreatedAt, c.Now(), uuid.NewString())
	if !can {
		if v.Tries > 1 {
			return &Result{Outcome: desk.PeerRefused, Detail: "sms.perhaps_sent"}
		}
		return nil // staff send it again
	}
	status, answer, failed := post(ctx, c.Client, q.URL, q.Header, q.Body)
	if failed != nil {
		return &Result{Outcome: desk.TryLater, Status: status, Detail: "sms.not_found_out"}
	}
	id, found, err := c.Provider.Found(m, status, answer)
	switch {
	case err != nil:
		return &Result{Outcome: desk.TryLater, Status: status, Detail: "sms.not_found_out"}
	case found:
		return &Result{Outcome: desk.Arrived, Status: status, Detail: id}
	}
	return nil
}

func (c *SMS) send(ctx context.Context, m sms.Message) Result {
	q, err := c.Provider.Send(m, c.Now(), uuid.NewString())
	if err != nil {
		return Result{Outcome: desk.PeerRefused, Detail: "sms.request"}
	}
	status, answer, failed := post(ctx, c.Client, q.URL, q.Header, q.Body)
	if failed != nil {
		return *failed
	}
	id, err := c.Provider.Sent(status, answer)
	e, bad := errors.AsType[*sms.AnswerError](err)
	if !bad {
		return Result{Outcome: desk.Arrived, Status: status, Detail: id}
	}
	outcome := map[sms.Class]desk.Outcome{
		sms.Later: desk.TryLater, sms.Refused: desk.PeerRefused, sms.Unknown: desk.NobodyKnows, sms.Nobody: desk.NotDelivered,
	}[e.Class]
	return Result{Outcome: outcome, Status: status, Detail: e.Code}
}
