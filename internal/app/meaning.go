package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"jiesu/internal/assist"
	"jiesu/internal/desk/knowledge"
)

// Embeddings name the model of meanings a measurement or a fit asks.
type Embeddings struct {
	URL   string `yaml:"url"` // OpenAI-compatible base
	Model string `yaml:"model"`
}

// judged is lib judged by the bureau's own model, if path names one.
func judged(lib *knowledge.Library, path string) (*knowledge.Library, error) {
	if path == "" {
		return lib, nil
	}
	raw, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	m, err := knowledge.ParseModel(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return lib.With(m), nil
}

// meaningOf embeds lib and returns what tells how near its entries are to a
// question; nothing where e names no model. A measurement waits for each
// question: what a budget would cut off is the network's figure, not the model's.
func meaningOf(ctx context.Context, e Embeddings, lib *knowledge.Library) (knowledge.Embedder, func(), error) {
	if e == (Embeddings{}) {
		return nil, func() {}, nil
	}
	if e.URL == "" || e.Model == "" {
		return nil, nil, errors.New("embeddings: an address and a model belong together")
	}
	const patience = 30 * time.Second
	client := assist.New(assist.Options{URL: e.URL, Embedding: e.Model, Timeout: patience, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	vectors := assist.NewVectors(client, forgetful{}, patience)
	if err := vectors.Embed(ctx, lib); err != nil {
		client.Close()
		return nil, nil, fmt.Errorf("embeddings: %w", err)
	}
	return vectors, client.Close, nil
}

// forgetful keeps no vectors: a measurement leaves no trace.
type forgetful struct{}

func (forgetful) Vectors(context.Context, string, [][]byte) ([]knowledge.Vector, error) {
	return nil, nil
}
func (forgetful) SaveVectors(context.Context, string, []knowledge.Vector) error { return nil }
func (forgetful) KeepVectors(context.Context, string, [][]byte) error           { return nil }
