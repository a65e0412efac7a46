package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"jiesu/internal/problem"
)

// The codes of the two databases that mean something to a caller.
const (
	pgUnique        = "23505"
	pgSerialisation = "40001"
	pgDeadlock      = "40P01"

	sqliteError      = 1
	sqliteConstraint = 19
	sqliteMismatch   = 20
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067
	sqliteRowID      = 2579
)

// failure says for operators what was being done when the database refused. A
// client reads a neutral sentence: to try again where that may help. An error of
// ours and the end of a context pass as they are.
func failure(doing string, err error) error {
	if err == nil {
		return nil
	}
	if _, ours := errors.AsType[*problem.Error](err); ours || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	err = fmt.Errorf("store: %s: %w", doing, err)
	if isDefect(err) {
		return problem.New(problem.Internal, "store.defect", "系统出错了，我们会尽快处理。").Because(err)
	}
	return problem.New(problem.Unavailable, "store.unavailable", "系统暂时无法保存或读取，请稍后再试。").Because(err)
}

// isDefect reports whether the statement itself was refused, which trying again
// will not change; anything else is the database's condition.
func isDefect(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		class := pg.Code[:min(2, len(pg.Code))]
		return class == "22" || class == "23" || class == "42" || class == "P0"
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		code := lite.Code() & 0xff // extended codes hold the primary one
		return code == sqliteError || code == sqliteConstraint || code == sqliteMismatch
	}
	return false
}

// missing turns "no rows" into NotFound "<thing>.not_found".
func missing(thing, public string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return problem.New(problem.NotFound, thing+".not_found", public)
	}
	return failure("read "+thing, err)
}

// isTaken reports whether err says that a unique value exists already.
func isTaken(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == pgUnique
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return lite.Code() == sqlitePrimaryKey || lite.Code() == sqliteUnique || lite.Code() == sqliteRowID
	}
	return false
}

// conflict turns a taken unique value into the given conflict.
func conflict(code, public string, err error) error {
	if isTaken(err) {
		return problem.New(problem.Conflict, code, public).Because(err)
	}
	return failure("write "+code, err)
}

// retryable reports whether the same function may succeed when run again.
func retryable(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (pg.Code == pgSerialisation || pg.Code == pgDeadlock)
}
