package search

import (
	"context"
	"fmt"

	"github.com/meilisearch/meilisearch-go"
)

// State is what the server holds compared with what it should hold.
type State struct {
	Version    string // of the server
	Index      string // that is searched
	Entries    int    // it holds
	Expected   int
	InStep     bool // the same entries under the same settings
	Rebuilding bool // the settings differ, or nothing is there yet
}

// Check compares cheaply: by the number of documents and by the fingerprints
// the index says it holds.
func (m *Meilisearch) Check(ctx context.Context) (State, error) {
	s := State{Index: m.live}
	if _, err := m.prepare(ctx); err != nil {
		return s, err
	}
	s.Version = *m.version.Load()
	c, err := m.content()
	if err != nil {
		return s, err
	}
	s.Expected = len(c.keys)
	stats, err := m.admin.Index(m.live).GetStatsWithContext(ctx, nil)
	if apiCode(err) == "index_not_found" {
		s.Rebuilding = true
		return s, nil
	}
	if err != nil {
		return s, fault(ctx, "stats", err)
	}
	held, err := m.heldAbout(ctx)
	if code := apiCode(err); code == "document_not_found" || code == "index_not_found" {
		s.Entries, s.Rebuilding = int(stats.NumberOfDocuments), true
		return s, nil
	}
	if err != nil {
		return s, fault(ctx, "about", err)
	}
	s.Entries = int(stats.NumberOfDocuments) - 1
	s.Rebuilding = held.Settings != m.settingsSum
	s.InStep = !s.Rebuilding && held.Library == c.library && s.Entries == s.Expected
	return s, nil
}

// heldAbout is what the index says it holds.
func (m *Meilisearch) heldAbout(ctx context.Context) (held about, err error) {
	query := &meilisearch.DocumentQuery{Fields: []string{"key", "library", "settings", "entries"}}
	err = m.admin.Index(m.live).GetDocumentWithContext(ctx, aboutKey, query, &held)
	return held, err
}

// Fingerprint names what is expected: the entries and the settings. Processes
// that expect the same have the same.
func (m *Meilisearch) Fingerprint() string {
	c, err := m.content()
	if err != nil {
		return "none"
	}
	return c.library + m.settingsSum
}

// Synced tells what Sync did.
type Synced struct {
	Rebuilt           bool
	Upserted, Deleted int
}

// Sync brings the index into step with what is expected: nothing where it is,
// single documents where few differ, a new index where the settings changed or
// most differ.
func (m *Meilisearch) Sync(ctx context.Context) (Synced, error) {
	m.changing.Lock()
	defer m.changing.Unlock()
	s, err := m.Check(ctx)
	if err != nil || s.InStep {
		return Synced{}, err
	}
	c, err := m.content()
	if err != nil {
		return Synced{}, err
	}
	send, drop := c.keys, []string(nil)
	if !s.Rebuilding {
		if send, drop, err = m.differences(ctx, c); err != nil {
			return Synced{}, err
		}
	}
	if s.Rebuilding || 2*(len(send)+len(drop)) > len(c.keys) {
		return Synced{Rebuilt: true, Upserted: len(c.keys)}, m.rebuild(ctx, c)
	}
	return Synced{Upserted: len(send), Deleted: len(drop)}, m.amend(ctx, c, send, drop)
}

// differences compares exactly, by key and hash of every document.
func (m *Meilisearch) differences(ctx context.Context, c *content) (send, drop []string, err error) {
	held, err := m.held(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, key := range c.keys {
		if held[key] != c.hashes[key] {
			send = append(send, key)
		}
	}
	for key := range held {
		if _, ok := c.hashes[key]; !ok && key != aboutKey {
			drop = append(drop, key)
		}
	}
	return send, drop, nil
}

// held lists the hashes of the documents by key.
func (m *Meilisearch) held(ctx context.Context) (map[string]string, error) {
	const page = 1000
	held := map[string]string{}
	for offset := int64(0); ; offset += page {
		var result meilisearch.DocumentsResult
		query := meilisearch.DocumentsQuery{Offset: offset, Limit: page, Fields: []string{"key", "hash"}}
		if err := m.admin.Index(m.live).GetDocumentsWithContext(ctx, &query, &result); err != nil {
			return nil, fault(ctx, "list documents", err)
		}
		var documents []struct {
			Key  string `json:"key"`
			Hash string `json:"hash"`
		}
		if err := result.Results.DecodeInto(&documents); err != nil {
			return nil, fault(ctx, "list documents", err)
		}
		for _, d := range documents {
			held[d.Key] = d.Hash
		}
		if offset+page >= result.Total {
			return held, nil
		}
	}
}

// String is the state in one line, for operators.
func (s State) String() string {
	step := "in step"
	switch {
	case s.Rebuilding:
		step = "to be built"
	case !s.InStep:
		step = "differs from the library"
	}
	return fmt.Sprintf("meilisearch %s, index %s: %d of %d entries, %s", s.Version, s.Index, s.Entries, s.Expected, step)
}
