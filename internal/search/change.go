package search

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/meilisearch/meilisearch-go"

	"jiesu/internal/desk/knowledge"
	"jiesu/internal/problem"
)

const (
	batchOf     = 2000            // documents a request: some 12 MB
	staleAfter  = 2 * time.Hour   // a build this old has no builder any more
	cleansUp    = 5 * time.Second // at most, after a build that failed
	buildMarker = "_build_"
)

// Replace implements knowledge.Index: it builds an index beside the one that is
// searched and swaps the two, so that a search sees either all of the old
// content or all of the new.
func (m *Meilisearch) Replace(ctx context.Context, entries []knowledge.Entry) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("search: replace: %w", err)
	}
	c, err := newContent(m.analyzer, entries)
	if err != nil {
		return err
	}
	m.changing.Lock()
	defer m.changing.Unlock()
	if err := m.rebuild(ctx, c); err != nil {
		return err
	}
	m.expected.Store(&expectation{entries: entries, content: func() (*content, error) { return c, nil }})
	return nil
}

// rebuild is Replace under the lock.
func (m *Meilisearch) rebuild(ctx context.Context, c *content) error {
	if _, err := m.prepared(ctx); err != nil {
		return err
	}
	if err := m.sweep(ctx); err != nil {
		return err
	}
	beside := m.live + buildMarker + strings.ToLower(rand.Text())
	err := m.build(ctx, beside, c)
	if err == nil {
		err = m.swap(ctx, beside, c)
	}
	// What stands under the name of the build is the old index now, or half of a
	// new one. If it cannot be deleted now, a later build sweeps it.
	cleaning, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleansUp)
	defer cancel()
	_, _ = m.admin.DeleteIndexWithContext(cleaning, beside)
	return err
}

// build fills a new index. The server makes it for the first thing sent, and
// takes what waits for one index together, so nothing is waited for in between.
func (m *Meilisearch) build(ctx context.Context, beside string, c *content) error {
	task, err := m.admin.Index(beside).UpdateSettingsWithContext(ctx, &m.settings)
	if err != nil {
		return fault(ctx, "settings", err)
	}
	return m.upload(ctx, beside, c, c.keys, task)
}

// upload sends the documents under keys, then the one that says what the index
// holds: an upload that broke off does not look complete. It waits for all of
// them and for what was sent before.
func (m *Meilisearch) upload(ctx context.Context, uid string, c *content, keys []string, sent ...*meilisearch.TaskInfo) error {
	wanted := make(map[string]bool, len(keys))
	for _, k := range keys {
		wanted[k] = true
	}
	primary, index := "key", m.admin.Index(uid)
	var batch []any
	send := func() error {
		task, err := index.AddDocumentsWithContext(ctx, batch, &meilisearch.DocumentOptions{PrimaryKey: &primary})
		if err != nil {
			return fault(ctx, "documents", err)
		}
		batch, sent = batch[:0], append(sent, task)
		return nil
	}
	for i := range c.entries {
		if !wanted[c.keys[i]] {
			continue
		}
		d, _, err := newDocument(m.analyzer, &c.entries[i])
		if err != nil {
			return err
		}
		if batch = append(batch, d); len(batch) == batchOf {
			if err := send(); err != nil {
				return err
			}
		}
	}
	batch = append(batch, m.about(c))
	if err := send(); err != nil {
		return err
	}
	for _, task := range sent {
		if err := m.settle(ctx, "build", task, nil); err != nil {
			return err
		}
	}
	return nil
}

// swap puts the index beside in the place of the one that is searched. Swapping
// needs both to exist.
func (m *Meilisearch) swap(ctx context.Context, beside string, c *content) error {
	if _, err := m.admin.GetIndexWithContext(ctx, m.live); apiCode(err) == "index_not_found" {
		task, err := m.admin.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: m.live, PrimaryKey: "key"})
		err = m.settle(ctx, "create index", task, err)
		if err != nil && !problem.HasCode(err, "search.exists") { // another replica was first
			return err
		}
	} else if err != nil {
		return fault(ctx, "index", err)
	}
	task, err := m.admin.SwapIndexesWithContext(ctx, []*meilisearch.SwapIndexesParams{{Indexes: []string{m.live, beside}}})
	err = m.settle(ctx, "swap", task, err)
	if problem.HasCode(err, "search.unseen") {
		return m.swapped(ctx, beside, c)
	}
	return err
}

// swapped is how a key for our indexes learns what became of a swap, a task the
// server shows to keys for all indexes only: it waits for a task behind it and
// looks.
func (m *Meilisearch) swapped(ctx context.Context, beside string, c *content) error {
	task, err := m.admin.DeleteIndexWithContext(ctx, beside)
	if err := m.settle(ctx, "delete after swap", task, err); err != nil {
		return err
	}
	held, err := m.heldAbout(ctx)
	if err != nil {
		return fault(ctx, "about", err)
	}
	if held.Library != c.library || held.Settings != m.settingsSum {
		return problem.New(problem.Unavailable, "search.task", "检索服务更新失败。").Because(errors.New("meilisearch: swap: the old content is still there"))
	}
	return nil
}

// settle waits for a task. A task that failed is an error here, which it is not
// for the client.
func (m *Meilisearch) settle(ctx context.Context, what string, info *meilisearch.TaskInfo, err error) error {
	if err != nil {
		return fault(ctx, what, err)
	}
	task, err := m.admin.WaitForTaskWithContext(ctx, info.TaskUID, pollEvery)
	if apiCode(err) == "task_not_found" {
		return problem.New(problem.Unavailable, "search.unseen", "检索服务不告知更新结果。").Because(fmt.Errorf("meilisearch: %s: task %d is not shown", what, info.TaskUID))
	}
	if err != nil {
		return fault(ctx, what, err)
	}
	if task.Status == meilisearch.TaskStatusSucceeded {
		return nil
	}
	p := problem.New(problem.Unavailable, "search.task", "检索服务更新失败。")
	switch task.Error.Code {
	case "index_already_exists":
		p.Code = "search.exists"
	case "index_not_found":
		p.Code = "search.missing"
	}
	return p.Because(fmt.Errorf("meilisearch: %s: task %d %s, %s", what, info.TaskUID, task.Status, task.Error.Code))
}

// sweep deletes builds whose builder is gone.
func (m *Meilisearch) sweep(ctx context.Context) error {
	const page = 1000
	indexes, err := m.admin.ListIndexesWithContext(ctx, &meilisearch.IndexesQuery{Limit: page})
	if err != nil {
		return fault(ctx, "indexes", err)
	}
	var newest time.Time // by the server's own clock
	for _, i := range indexes.Results {
		if i.CreatedAt.After(newest) {
			newest = i.CreatedAt
		}
	}
	for _, i := range indexes.Results {
		if !strings.HasPrefix(i.UID, m.live+buildMarker) || newest.Sub(i.CreatedAt) < staleAfter {
			continue
		}
		task, err := m.admin.DeleteIndexWithContext(ctx, i.UID)
		if err := m.settle(ctx, "delete stale build", task, err); err != nil {
			return err
		}
	}
	return nil
}

// Update changes some entries of the index that is searched and takes others
// out of it, by id.
func (m *Meilisearch) Update(ctx context.Context, upserts []knowledge.Entry, deletes []string) error {
	m.changing.Lock()
	defer m.changing.Unlock()
	old, err := m.content()
	if err != nil {
		return err
	}
	c, err := old.changed(m.analyzer, upserts, deletes)
	if err != nil {
		return err
	}
	var send, drop []string
	for _, e := range upserts {
		send = append(send, keyOf(e.ID))
	}
	for _, id := range deletes {
		drop = append(drop, keyOf(id))
	}
	if err := m.amend(ctx, c, send, drop); err != nil {
		return err
	}
	m.expected.Store(&expectation{entries: c.entries, content: func() (*content, error) { return c, nil }})
	return nil
}

// amend sends the documents under send and deletes those under drop.
func (m *Meilisearch) amend(ctx context.Context, c *content, send, drop []string) error {
	if _, err := m.prepared(ctx); err != nil {
		return err
	}
	if len(drop) == 0 {
		return m.upload(ctx, m.live, c, send)
	}
	task, err := m.admin.Index(m.live).DeleteDocumentsWithContext(ctx, drop, nil)
	if err != nil {
		return fault(ctx, "delete documents", err)
	}
	return m.upload(ctx, m.live, c, send, task)
}

// Remove deletes the index and the search key made for it: the end of an
// evaluation. What is not there is not missed.
func (m *Meilisearch) Remove(ctx context.Context) error {
	task, err := m.admin.DeleteIndexWithContext(ctx, m.live)
	err = m.settle(ctx, "delete index", task, err)
	if problem.HasCode(err, "search.missing") {
		err = nil
	}
	if m.o.SearchKey != "" || m.o.Key == "" || m.o.Part != "" {
		return err
	}
	return errors.Join(err, m.deleteKeys(ctx, []string{m.searchKeyUID()}))
}
