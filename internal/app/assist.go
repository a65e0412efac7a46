package app

import (
	"context"
	"log/slog"
	"time"

	"jiesu/internal/assist"
	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/search"
)

// assistance is the language model of the bureau, where it has one.
type assistance struct {
	client  *assist.Client
	vectors *assist.Vectors // nil: nothing is embedded
}

// newAssistance connects to nothing; without an address it is nothing.
func newAssistance(c *config.Config, cache assist.Cache, log *slog.Logger) assistance {
	if c.AssistURL == "" {
		return assistance{}
	}
	client := assist.New(assist.Options{
		URL: c.AssistURL, Key: c.AssistKey, Model: c.AssistModel, Embedding: c.AssistEmbeddingModel,
		Timeout: c.AssistTimeout, Now: time.Now, Log: log,
	})
	a := assistance{client: client}
	if c.AssistEmbeddingModel != "" {
		a.vectors = assist.NewVectors(client, cache, c.AssistEmbeddingBudget)
	}
	return a
}

// join gives d what the models may do. hybrid, where there is one, is asked what
// citizens ask; what stays in the house is compared without it.
func (a assistance) join(d *desk.Desk, c *config.Config, hybrid *search.Hybrid) {
	joined := desk.Assistance{Matcher: d.Matcher, Letters: c.AssistLetters, Budget: c.AssistOrderBudget}
	if hybrid != nil {
		d.Matcher = knowledge.NewMatcher(hybrid)
	}
	if a.client != nil && c.AssistModel != "" {
		joined.Model, joined.Order = a.client, a.client
	}
	switch meant := d.Library().Model().Meant(); {
	case a.vectors == nil:
	case meant == c.AssistEmbeddingModel:
		d.Matcher = d.Matcher.Understanding(a.vectors) // joined keeps the one that asks no model
	default:
		joined.Meaning = a.vectors // nobody has learnt what its cosines are worth: it orders options only
	}
	if a.vectors != nil {
		d.RenewWith(a.vectors.Replace)
	}
	d.AssistWith(joined)
}

func (a assistance) start(ctx context.Context, lib *knowledge.Library) {
	if a.vectors != nil {
		a.vectors.Start(ctx, lib)
	}
}

func (a assistance) stop() {
	if a.vectors != nil {
		a.vectors.Stop()
	}
	if a.client != nil {
		a.client.Close()
	}
}
