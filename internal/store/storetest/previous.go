package storetest

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// previous are databases as an earlier version left them, at schema 29, with a few
// tickets made up and one written: by jiesu demo tickets --count 8 --seed 7, and a
// letter sent while it served.
//
//go:embed testdata/0029
var previous embed.FS

// PreviousText is what the letter says that is in both.
const PreviousText = "学校门口的信号灯坏了三天。"

// PreviousLetter is its number and the query code its writer was told.
func PreviousLetter(url string) (number, code string) {
	if strings.HasPrefix(url, "postgres") {
		return "261201-0475-1687", "VF5P-SJRM-VS2M-D1A3"
	}
	return "261201-2805-3972", "QPZY-T4B7-5BCF-2075"
}

// Previous puts the database of an earlier version where url says, and returns the
// text of its key file.
func Previous(tb testing.TB, url string) (keys string) {
	tb.Helper()
	name := "sqlite.db"
	if strings.HasPrefix(url, "postgres") {
		name = "postgres.sql"
	}
	packed, err := previous.ReadFile("testdata/0029/" + name + ".gz")
	ok(tb, err)
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	ok(tb, err)
	content, err := io.ReadAll(reader)
	ok(tb, err)
	if name == "sqlite.db" {
		ok(tb, os.WriteFile(url, content, 0o600))
	} else {
		load(tb, url, string(content))
	}
	text, err := previous.ReadFile("testdata/0029/keys")
	ok(tb, err)
	return string(text)
}

func load(tb testing.TB, url, dump string) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context())
	db, err := pgx.Connect(ctx, url)
	ok(tb, err)
	_, err = db.PgConn().Exec(ctx, dump).ReadAll()
	ok(tb, err)
	ok(tb, db.Close(ctx))
}
