package app

import (
	"fmt"
	"os"

	"jiesu/internal/desk/signal"
)

// watchlist is what the bureau takes for a weak signal, or the shipped list
// where no file is named.
func watchlist(path string) (*signal.Watchlist, error) {
	if path == "" {
		return signal.LoadWatchlist()
	}
	raw, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, err
	}
	w, err := signal.ParseWatchlist(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return w, nil
}
