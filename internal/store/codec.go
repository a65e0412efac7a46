package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"jiesu/internal/problem"
)

// stamp is a time as it is stored: UTC microseconds since 1970, the same number
// in both databases; the zero time is NULL.
type stamp struct{ time.Time }

func at(t time.Time) stamp { return stamp{t} }

// Value implements driver.Valuer.
func (s stamp) Value() (driver.Value, error) {
	if s.IsZero() {
		return nil, nil //nolint:nilnil // NULL
	}
	return s.UnixMicro(), nil
}

// Scan implements sql.Scanner.
func (s *stamp) Scan(from any) error {
	switch v := from.(type) {
	case nil:
		s.Time = time.Time{}
	case int64:
		s.Time = time.UnixMicro(v).UTC()
	default:
		return fmt.Errorf("store: a time stored as %T", from)
	}
	return nil
}

// list is a value stored as JSON text.
type list[T any] struct{ V T }

// Value implements driver.Valuer.
func (l list[T]) Value() (driver.Value, error) {
	text, err := json.Marshal(l.V)
	return clean(string(text)), err
}

// Scan implements sql.Scanner.
func (l *list[T]) Scan(from any) error {
	switch v := from.(type) {
	case string:
		return json.Unmarshal([]byte(v), &l.V)
	case []byte:
		return json.Unmarshal(v, &l.V)
	default:
		return fmt.Errorf("store: a list stored as %T", from)
	}
}

// clean drops what PostgreSQL's text cannot hold: NUL and broken UTF-8. The
// edge refuses both; a letter must not be lost should either get here.
func clean(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "\uFFFD")
}

// place names a sealed value's column and row, so that it opens only there.
func place(column, row string) string { return column + "/" + row }

// seal closes text for its place; an empty text is NULL.
func (b *base) seal(place, text string) []byte {
	if text == "" {
		return nil
	}
	return b.keys.Seal(place, []byte(text))
}

// open opens a sealed column; NULL is an empty text, and so is what was erased.
func (b *base) open(place string, sealed []byte) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	plain, err := b.keys.Open(place, sealed)
	if err != nil {
		return nil, problem.New(problem.Internal, "store.sealed", "内容暂时无法显示，请联系管理员。").Because(fmt.Errorf("%s: %w", place, err))
	}
	return plain, nil
}

// sealJSON closes a value as JSON.
func (b *base) sealJSON(place string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("store: seal %s: %w", place, err)
	}
	return b.keys.Seal(place, plain), nil
}

// openJSON opens what sealJSON closed into v.
func (b *base) openJSON(place string, sealed []byte, v any) error {
	plain, err := b.open(place, sealed)
	if err != nil {
		return err
	}
	if len(plain) == 0 { // it was erased
		return nil
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("store: open %s: %w", place, err)
	}
	return nil
}
