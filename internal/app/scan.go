package app

import (
	"context"
	"fmt"

	"jiesu/internal/desk"
	"jiesu/internal/scan"
	"jiesu/internal/store"
)

// scanner is what looks at uploads; nil: nothing does.
func scanner(socket string) (desk.ScanFile, error) {
	if socket == "" {
		return nil, nil
	}
	daemon, err := scan.New(socket)
	if err != nil {
		return nil, fmt.Errorf("clamd: %w", err)
	}
	return daemon.Scan, nil
}

// scanReport is what the doctor says about uploads. A scanner that does not answer
// is no fault of the desk: files wait.
func scanReport(ctx context.Context, socket string, s *store.Store) (string, error) {
	if socket == "" {
		return "not scanned", nil
	}
	daemon, err := scan.New(socket)
	if err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, lookTakes)
	defer cancel()
	state, err := daemon.Version(limited)
	if err != nil {
		state = "the scanner does not answer, so that they wait"
	}
	q, err := s.Unscanned(ctx)
	return fmt.Sprintf("%s; %d wait, %d infected", state, q.Waiting, q.Infected), err
}
