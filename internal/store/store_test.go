package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"jiesu/internal/seal"
	"jiesu/internal/store"
	"jiesu/internal/store/storetest"
	"jiesu/internal/store/storetest/pgtest"
)

// postgres is the server of this test binary; nil where there is none.
var postgres *pgtest.Server

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == crashArg {
		os.Exit(crashing(os.Args[2]))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	postgres, err = pgtest.Start(context.Background(), os.Getenv("JIESU_TEST_DATABASE_URL"))
	if err != nil && !errors.Is(err, pgtest.ErrAbsent) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	if err := postgres.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, "stop PostgreSQL:", err)
		code = 1
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func TestSQLite(t *testing.T) { t.Parallel(); storetest.Run(t, sqlite) }

func TestPostgres(t *testing.T) { t.Parallel(); storetest.Run(t, onPostgres) }

func sqlite(tb testing.TB) storetest.Store {
	tb.Helper()
	return resealed(tb, filepath.Join(tb.TempDir(), "desk 数据#1?.db"))
}

func onPostgres(tb testing.TB) storetest.Store {
	tb.Helper()
	return resealed(tb, database(tb))
}

// database is the URL of an empty PostgreSQL database.
func database(tb testing.TB) string {
	tb.Helper()
	if postgres == nil {
		tb.Skip("NOT TESTED ON POSTGRESQL:", pgtest.ErrAbsent)
	}
	return postgres.Database(tb)
}

// open opens and migrates a store and closes it after the test.
func open(tb testing.TB, url string) *store.Store {
	tb.Helper()
	return openWith(tb, url, keyring(tb))
}

func openWith(tb testing.TB, url string, keys *seal.Keyring) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), store.Config{URL: url, Keyring: keys})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	if err := s.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return s
}

func keyring(tb testing.TB) *seal.Keyring {
	tb.Helper()
	k, err := seal.ParseKeyring(crashKey)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}
