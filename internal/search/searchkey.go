package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/meilisearch/meilisearch-go"

	"jiesu/internal/problem"
)

// MinMeilisearch is the oldest server that understands what we send: index
// swaps name whether they rename, and vectors are searched without a switch.
// The next major version may understand it differently.
const MinMeilisearch = "1.18.0"

// access is the key that searches, with a client that speaks with it.
type access struct {
	key    string
	client meilisearch.ServiceManager
}

// prepared returns what searches with the key of least rights.
func (m *Meilisearch) prepared(ctx context.Context) (meilisearch.ServiceManager, error) {
	if s := m.searcher.Load(); s != nil {
		return s.client, nil
	}
	return m.prepare(ctx)
}

// prepare asks the server for its version and for the key that searches. Both
// may change while we run: a server is upgraded, a key is rotated.
func (m *Meilisearch) prepare(ctx context.Context) (meilisearch.ServiceManager, error) {
	kept, err := m.kept(ctx)
	if err != nil {
		return nil, err
	}
	if err := m.checkVersion(ctx, kept.Version); err != nil {
		m.searcher.Store(nil)
		return nil, err
	}
	key := cmp.Or(m.o.SearchKey, kept.Search)
	if m.o.Part != "" {
		key = m.o.Key // the others may only search what is in use
	}
	if key == "" && m.o.Key != "" {
		if key, err = m.searchKey(ctx); err != nil {
			return nil, err
		}
	}
	if s := m.searcher.Load(); s != nil && s.key == key {
		return s.client, nil
	}
	s := &access{key: key, client: m.client(key)}
	m.searcher.Store(s)
	return s.client, nil
}

// checkVersion asks with key, or with the configured one where that is empty.
func (m *Meilisearch) checkVersion(ctx context.Context, key string) error {
	asking := m.admin
	if key != "" {
		asking = m.client(key)
	}
	v, err := asking.VersionWithContext(ctx)
	if err != nil {
		return fault(ctx, "version", err)
	}
	is, least := numbers(v.PkgVersion), numbers(MinMeilisearch)
	if is[0] != least[0] || slices.Compare(is, least) < 0 {
		return problem.New(problem.Unavailable, "search.version", "检索服务的版本不受支持。").
			Because(fmt.Errorf("meilisearch is %s, needed is %s or a later %d.x", v.PkgVersion, MinMeilisearch, least[0]))
	}
	m.version.Store(&v.PkgVersion)
	return nil
}

// numbers reads a version number by number; what cannot be read counts as 0.
func numbers(version string) []int {
	out := make([]int, 3)
	version, _, _ = strings.Cut(version, "-") // a pre-release counts as its release
	for i, part := range strings.SplitN(version, ".", len(out)) {
		out[i], _ = strconv.Atoi(part)
	}
	return out
}

// searchKey finds or makes the key that may search our index and nothing else.
// Its uid follows from the index, so that every replica finds the same one.
func (m *Meilisearch) searchKey(ctx context.Context) (string, error) {
	uid := m.searchKeyUID()
	key, err := m.admin.GetKeyWithContext(ctx, uid)
	if apiCode(err) == "api_key_not_found" {
		key, err = m.admin.CreateKeyWithContext(ctx, &meilisearch.Key{
			UID: uid, Name: m.keyName("search"), Description: "made by jiesu: may search this index and nothing else",
			Actions: []string{"search"}, Indexes: []string{m.live},
		})
		if apiCode(err) == "api_key_already_exists" { // another replica was first
			key, err = m.admin.GetKeyWithContext(ctx, uid)
		}
	}
	if err != nil {
		return "", fault(ctx, "search key", err)
	}
	if !slices.Equal(key.Actions, []string{"search"}) || !slices.Equal(key.Indexes, []string{m.live}) {
		return "", problem.New(problem.Unavailable, "search.key", "检索服务密钥不符合要求。").
			Because(fmt.Errorf("meilisearch: key %s may do more than search %s; delete it", uid, m.live))
	}
	return key.Key, nil
}

func (m *Meilisearch) searchKeyUID() string {
	space := uuid.NewSHA1(uuid.NameSpaceOID, []byte("jiesu search key"))
	return uuid.NewSHA1(space, []byte(m.live)).String()
}
