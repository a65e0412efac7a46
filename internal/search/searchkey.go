package search

import (
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
const MinMeilisearch = "1.18.0"

// prepared returns what searches with the key of least rights, asking the
// server for its version and the key on the first call.
func (m *Meilisearch) prepared(ctx context.Context) (meilisearch.ServiceManager, error) {
	if s := m.searcher.Load(); s != nil {
		return *s, nil
	}
	if err := m.checkVersion(ctx); err != nil {
		return nil, err
	}
	key := m.o.SearchKey
	if key == "" && m.o.Key != "" {
		var err error
		if key, err = m.searchKey(ctx); err != nil {
			return nil, err
		}
	}
	s := m.client(key)
	m.searcher.Store(&s)
	return s, nil
}

func (m *Meilisearch) checkVersion(ctx context.Context) error {
	v, err := m.admin.VersionWithContext(ctx)
	if err != nil {
		return fault(ctx, "version", err)
	}
	if older(v.PkgVersion, MinMeilisearch) {
		return problem.New(problem.Unavailable, "search.version", "检索服务版本过低。").
			Because(fmt.Errorf("meilisearch is %s, at least %s is needed", v.PkgVersion, MinMeilisearch))
	}
	m.version.Store(&v.PkgVersion)
	return nil
}

// older compares versions number by number; what cannot be read counts as 0.
func older(version, least string) bool {
	a, b := numbers(version), numbers(least)
	return slices.Compare(a, b) < 0
}

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
			UID: uid, Name: "jiesu search " + m.live, Description: "made by jiesu: may search this index and nothing else",
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
