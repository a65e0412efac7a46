package assist

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"jiesu/internal/desk/knowledge"
)

const (
	batch        = 32 // texts embedded at once
	firstPause   = 10 * time.Second
	longestPause = 10 * time.Minute
)

// Cache keeps vectors by model and text, so that a restart embeds nothing anew.
type Cache interface {
	// Vectors returns those that are kept, in any order.
	Vectors(ctx context.Context, model string, hashes [][]byte) ([]knowledge.Vector, error)
	SaveVectors(ctx context.Context, model string, vs []knowledge.Vector) error
	// KeepVectors forgets every vector but these.
	KeepVectors(ctx context.Context, model string, hashes [][]byte) error
}

// Vectors knows what the entries of a library mean. It implements
// [knowledge.Embedder]: until the whole library is embedded, and whenever the
// model is late or fails, it knows nothing, and says so within its budget.
type Vectors struct {
	client  *Client
	cache   Cache
	budget  time.Duration // of a question
	log     *slog.Logger
	wanted  chan *knowledge.Library // the newest one that is not embedded yet
	current atomic.Pointer[meanings]
	cancel  context.CancelFunc
	done    sync.WaitGroup
}

// NewVectors returns vectors of nothing; see [Vectors.Start].
func NewVectors(c *Client, cache Cache, budget time.Duration) *Vectors {
	return &Vectors{client: c, cache: cache, budget: budget, log: c.o.Log, wanted: make(chan *knowledge.Library, 1)}
}

// Start embeds lib, and later every library it is replaced by, in the background
// until Stop.
func (v *Vectors) Start(ctx context.Context, lib *knowledge.Library) {
	ctx, v.cancel = context.WithCancel(ctx)
	v.Replace(lib)
	v.done.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case lib := <-v.wanted:
				v.index(ctx, lib)
			}
		}
	})
}

// Embed embeds lib now, for whoever measures and does not serve.
func (v *Vectors) Embed(ctx context.Context, lib *knowledge.Library) error {
	m, err := v.embedAll(ctx, lib)
	if err == nil {
		v.current.Store(m)
	}
	return err
}

// Stop ends the work and waits for it.
func (v *Vectors) Stop() {
	if v.cancel == nil {
		return
	}
	v.cancel()
	v.done.Wait()
}

// Replace embeds another library. Nothing is known until that is done.
func (v *Vectors) Replace(lib *knowledge.Library) {
	v.current.Store(nil)
	for {
		select {
		case v.wanted <- lib:
			return
		default:
		}
		select { // an older one that nobody has taken yet
		case <-v.wanted:
		default:
		}
	}
}

// Similarity implements [knowledge.Embedder].
func (v *Vectors) Similarity(ctx context.Context, question string) (map[string]float64, bool) {
	m := v.current.Load()
	if m == nil {
		return nil, false
	}
	ctx, cancel := context.WithTimeout(ctx, v.budget)
	defer cancel()
	asked, err := v.client.embedQuestion(ctx, question)
	if err != nil || len(asked) != m.size {
		return nil, false
	}
	return m.near(ctx, asked)
}

// index embeds lib, however long the model is away, until it is done or a newer
// library has come.
func (v *Vectors) index(ctx context.Context, lib *knowledge.Library) {
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		m, err := v.embedAll(ctx, lib)
		if ctx.Err() != nil || len(v.wanted) > 0 {
			return
		}
		if err == nil {
			v.current.Store(m)
			v.log.InfoContext(ctx, "library embedded", "entries", len(m.entries), "questions", len(m.scales))
			return
		}
		v.log.WarnContext(ctx, "library not embedded, will try again", "error", err)
		wait := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case newer := <-v.wanted:
			wait.Stop()
			lib, pause = newer, firstPause/2
		case <-wait.C:
		}
	}
}

// embedAll returns the vectors of lib, made now or kept from before.
func (v *Vectors) embedAll(ctx context.Context, lib *knowledge.Library) (*meanings, error) {
	m := &meanings{}
	var texts []string
	for _, e := range lib.Entries() {
		m.entries, m.first = append(m.entries, e.ID), append(m.first, len(texts))
		texts = append(append(texts, e.Question), e.Variants...)
	}
	m.first = append(m.first, len(texts))
	hashes := make([][]byte, len(texts))
	for i, t := range texts {
		h := sha256.Sum256([]byte(t))
		hashes[i] = h[:]
	}
	if err := v.forgetOtherModel(ctx, texts, hashes); err != nil {
		return nil, err
	}
	for at := 0; at < len(texts); at += batch {
		to := min(at+batch, len(texts))
		vectors, err := v.some(ctx, texts[at:to], hashes[at:to])
		if err != nil {
			return nil, err
		}
		for _, one := range vectors {
			if m.size == 0 {
				m.size = len(one)
			}
			if len(one) != m.size {
				return nil, errNonsense
			}
			m.add(one)
		}
	}
	if err := v.cache.KeepVectors(ctx, v.client.o.Embedding, hashes); err != nil {
		return nil, fmt.Errorf("assist: tidy the kept vectors: %w", err)
	}
	return m, nil
}

// forgetOtherModel embeds the first text anew. Where that gives another vector
// than the one kept, another model answers to the name now.
func (v *Vectors) forgetOtherModel(ctx context.Context, texts []string, hashes [][]byte) error {
	const alike = 0.99
	if len(texts) == 0 {
		return nil
	}
	kept, err := v.cache.Vectors(ctx, v.client.o.Embedding, hashes[:1])
	if err != nil || len(kept) == 0 {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, v.client.o.Timeout)
	defer cancel()
	made, err := v.client.embed(limited, texts[:1])
	if err != nil {
		return err
	}
	var cosine float32
	for i := range min(len(made[0]), len(kept[0].Values)) {
		cosine += made[0][i] * kept[0].Values[i]
	}
	if len(made[0]) == len(kept[0].Values) && cosine > alike {
		return nil
	}
	return v.cache.KeepVectors(ctx, v.client.o.Embedding, nil)
}

// some returns the vectors of a batch of texts, in their order.
func (v *Vectors) some(ctx context.Context, texts []string, hashes [][]byte) ([][]float32, error) {
	model := v.client.o.Embedding
	kept, err := v.cache.Vectors(ctx, model, hashes)
	if err != nil {
		return nil, fmt.Errorf("assist: read kept vectors: %w", err)
	}
	known := make(map[string][]float32, len(texts))
	for _, k := range kept {
		known[string(k.Hash)] = k.Values
	}
	var missing []string
	var keys []knowledge.Vector
	for i, t := range texts {
		if _, ok := known[string(hashes[i])]; !ok {
			known[string(hashes[i])] = nil
			missing, keys = append(missing, t), append(keys, knowledge.Vector{Hash: hashes[i]})
		}
	}
	if len(missing) > 0 {
		limited, cancel := context.WithTimeout(ctx, v.client.o.Timeout)
		defer cancel()
		made, err := v.client.embed(limited, missing)
		if err != nil {
			return nil, err
		}
		for i := range keys {
			keys[i].Values = made[i]
			known[string(keys[i].Hash)] = made[i]
		}
		if err := v.cache.SaveVectors(ctx, model, keys); err != nil {
			return nil, fmt.Errorf("assist: keep vectors: %w", err)
		}
	}
	out := make([][]float32, len(texts))
	for i := range texts {
		out[i] = known[string(hashes[i])]
	}
	return out, nil
}
