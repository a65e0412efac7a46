package search

import "context"

// SearchKeyForTest lets a test try what the search key may do.
func (m *Meilisearch) SearchKeyForTest(ctx context.Context) (string, error) { return m.searchKey(ctx) }
