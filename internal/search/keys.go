package search

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/meilisearch/meilisearch-go"

	"jiesu/internal/problem"
)

// indexing is what we do to our indexes with the admin key. It may not read
// keys: who reads one key reads all, those of the whole server among them.
func indexing() []string {
	return []string{
		"search", "documents.add", "documents.get", "documents.delete", "indexes.create", "indexes.get", "indexes.delete", "indexes.swap",
		"settings.update", "stats.get", "tasks.get",
	}
}

// keysInUse is the one document of the index of keys, which the admin key reads
// and the search key does not: so every process finds the keys that are in use
// now, though it may not ask the server for them. The server only gives its
// version to keys of the whole server, so that is a third key, which may do
// nothing else.
type keysInUse struct {
	Key     string   `json:"key"`
	Search  string   `json:"search"`
	Version string   `json:"version"`
	UIDs    []string `json:"uids"`
}

const inUse = "current"

// kept are the keys in use, or none where none were issued or these cannot be
// read; then the configured key shows what it may do.
func (m *Meilisearch) kept(ctx context.Context) (keysInUse, error) {
	var k keysInUse
	err := m.admin.Index(m.keyring).GetDocumentWithContext(ctx, inUse, nil, &k)
	switch apiCode(err) {
	case "index_not_found", "document_not_found", "invalid_api_key", "missing_authorization_header":
		return keysInUse{}, nil
	}
	if err != nil {
		return keysInUse{}, fault(ctx, "keys in use", err)
	}
	return k, nil
}

// IssueKeys makes the keys of least rights, puts them in use and returns the
// admin key, which no process can find by itself. Those made before stay valid
// beside them; with first, there may be none. The configured key must be the
// master key.
func (m *Meilisearch) IssueKeys(ctx context.Context, first bool) (string, error) {
	old, err := m.kept(ctx)
	if err != nil {
		return "", err
	}
	if first && len(old.UIDs) > 0 {
		return "", problem.New(problem.Conflict, "search.keys_issued", "密钥已经发过，要换新的请轮换。")
	}
	now := keysInUse{Key: inUse}
	issue := func(role, may string, indexes []string, actions ...string) string {
		if err != nil {
			return ""
		}
		var k *meilisearch.Key
		if k, err = m.admin.CreateKeyWithContext(ctx, &meilisearch.Key{
			UID: uuid.NewString(), Name: m.keyName(role), Description: "issued by jiesu: may " + may, Actions: actions, Indexes: indexes,
		}); err != nil {
			err = fault(ctx, role+" key", err)
			return ""
		}
		now.UIDs = append(now.UIDs, k.UID)
		return k.Key
	}
	admin := issue("admin", "change our indexes", []string{m.o.Prefix + "_*"}, indexing()...)
	now.Search = issue("search", "search this index and nothing else", []string{m.live}, "search")
	now.Version = issue("version", "ask for the version of the server", []string{"*"}, "version")
	if err == nil {
		primary := "key"
		task, failed := m.admin.Index(m.keyring).AddDocumentsWithContext(ctx, []keysInUse{now}, &meilisearch.DocumentOptions{PrimaryKey: &primary})
		err = m.settle(ctx, "keys in use", task, failed)
	}
	if err != nil { // nobody knows these keys
		return "", errors.Join(err, m.deleteKeys(context.WithoutCancel(ctx), now.UIDs))
	}
	return admin, nil
}

// RetireKeys deletes all our keys but those in use, and returns how many there
// were. It refuses where there are none others, or not all in use are there.
func (m *Meilisearch) RetireKeys(ctx context.Context) (int, error) {
	const page = 1000
	now, err := m.kept(ctx)
	if err != nil {
		return 0, err
	}
	all, err := m.admin.GetKeysWithContext(ctx, &meilisearch.KeysQuery{Limit: page})
	if err != nil {
		return 0, fault(ctx, "list keys", err)
	}
	ours, valid := []string{m.keyName("admin"), m.keyName("search"), m.keyName("version")}, 0
	var old []string
	for _, k := range all.Results {
		switch {
		case slices.Contains(now.UIDs, k.UID):
			valid++
		case slices.Contains(ours, k.Name):
			old = append(old, k.UID)
		}
	}
	if len(old) == 0 || valid == 0 || valid < len(now.UIDs) {
		return 0, problem.New(problem.Conflict, "search.keys_needed", "没有可以停用的旧密钥：先轮换，再停用。").
			Because(fmt.Errorf("meilisearch: %d keys in use, %d others of ours", valid, len(old)))
	}
	return len(old), m.deleteKeys(ctx, old)
}

// deleteKeys deletes as many as it can.
func (m *Meilisearch) deleteKeys(ctx context.Context, uids []string) (all error) {
	for _, uid := range uids {
		if _, err := m.admin.DeleteKeyWithContext(ctx, uid); err != nil && apiCode(err) != "api_key_not_found" {
			all = errors.Join(all, fault(ctx, "delete key", err))
		}
	}
	return all
}

func (m *Meilisearch) keyName(role string) string { return "jiesu " + role + " " + m.live }
