package app

import (
	"context"
	"log/slog"
	"time"

	"jiesu/internal/assist"
	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
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

// matcher is plain, or one that asks what entries mean.
func (a assistance) matcher(plain *knowledge.Matcher) *knowledge.Matcher {
	if a.vectors == nil {
		return plain
	}
	return plain.With(a.vectors)
}

// join gives d what the model may do. Letters are compared by matcher, which
// asks nobody.
func (a assistance) join(d *desk.Desk, matcher *knowledge.Matcher, c *config.Config) {
	if a.client == nil || c.AssistModel == "" {
		return
	}
	d.AssistWith(desk.Assistance{
		Model: a.client, Matcher: matcher, Letters: c.AssistLetters, Order: a.client, Budget: c.AssistOrderBudget,
	})
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
