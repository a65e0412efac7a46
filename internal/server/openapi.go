package server

import (
	"log/slog"
	"time"

	"jiesu/internal/limit"
)

// OpenAPI returns the description of the whole HTTP interface, as served at
// /openapi.json. It needs no running desk.
func OpenAPI() ([]byte, error) {
	still := func() time.Time { return time.Time{} }
	s, err := New(Options{Log: slog.New(slog.DiscardHandler), Now: still, Limiter: limit.NewMemory(still, 1)})
	if err != nil {
		return nil, err
	}
	return s.openAPI()
}
