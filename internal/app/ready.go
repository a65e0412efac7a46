package app

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"jiesu/internal/config"
)

const readyWithin = 2 * time.Second

// Ready asks the desk that serves on this machine whether it can answer, for
// supervisors that can only run a command.
func Ready(ctx context.Context, file string, environ []string, out io.Writer) error {
	c, err := config.Load(file, environ)
	if err != nil {
		return err
	}
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return err
	}
	if address := net.ParseIP(host); host == "" || address != nil && address.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	if err := answer.Body.Close(); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer.Status)
	}
	_, err = fmt.Fprintln(out, "ready")
	return err
}
