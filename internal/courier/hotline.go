package courier

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"jiesu/internal/desk"
	"jiesu/internal/problem"
	"jiesu/webhooks/hotline"
)

// HotlinePauses are what is waited between the tries: some five hours of them. Then
// people do it before the date has passed.
func HotlinePauses() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 4 * time.Hour}
}

// Hotlines tell 12345 platforms what we do with their orders, by their names.
type Hotlines struct {
	Clients map[string]*hotline.Client
	Files   map[string]*http.Client // of a [Guard] each, for what lies at them
	Now     func() time.Time
}

// Carry makes one attempt. The platform knows a repeat by the operation's id. What it
// has no message for is typed by people.
func (h *Hotlines) Carry(ctx context.Context, v desk.Delivery) Result {
	to, ok := h.Clients[desk.NameOf(v.Route)]
	if !ok {
		return Result{Outcome: desk.PeerRefused, Detail: "the platform is not configured"}
	}
	var op hotline.Op
	if err := json.Unmarshal(v.Body, &op); err != nil {
		return Result{Outcome: desk.PeerRefused, Detail: "no operation can be read of it"}
	}
	a, err := to.Send(ctx, &op, h.Now())
	switch {
	case errors.Is(err, hotline.ErrUnspoken):
		return Result{Outcome: desk.NotDelivered, Detail: "order.unspoken"}
	case err != nil:
		return Result{Outcome: desk.PeerRefused, Detail: "no request can be made of it"}
	}
	got := Result{Outcome: desk.NobodyKnows, Status: a.Status, After: a.After, Number: string(a.OrderNo)}
	switch a.Outcome {
	case hotline.Arrived:
		got.Outcome = desk.Arrived
	case hotline.Later:
		got.Outcome = desk.TryLater
	case hotline.Refused:
		got.Outcome = desk.PeerRefused
	case hotline.Unknown:
	}
	return got
}

// Fetch gets a file that lies at a platform, from nowhere but its own hosts. It fulfils [desk.FetchFile].
func (h *Hotlines) Fetch(ctx context.Context, platform string, f hotline.Attachment) ([]byte, error) {
	from, known := h.Files[platform]
	if !known {
		return nil, gone()
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.FetchURL, http.NoBody)
	if err != nil {
		return nil, gone()
	}
	answer, err := from.Do(r)
	if errors.Is(err, ErrForbidden) {
		return nil, gone()
	}
	if err != nil {
		return nil, errors.New("courier: a file could not be fetched") // the cause repeats its address
	}
	content, err := io.ReadAll(answer.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		err = problem.New(problem.TooLarge, "attachment.too_large", "附件太大。")
	}
	switch err = errors.Join(err, answer.Body.Close()); {
	case answer.StatusCode == http.StatusNotFound, answer.StatusCode == http.StatusGone:
		return nil, gone()
	case answer.StatusCode != http.StatusOK:
		return nil, errors.New("courier: a file was not given")
	}
	return content, err
}

// gone is a file that will not be there the next time either.
func gone() error {
	return problem.New(problem.NotFound, "order.file_gone", "附件已经不在平台上。")
}
