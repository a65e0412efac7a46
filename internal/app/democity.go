package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"jiesu/webhooks/hotline"
	"jiesu/webhooks/hotline/simulator"
)

// City says which 12345 platform to play, and against which desk.
type City struct {
	Platform   string // as the desk has it configured; also the app id of what is signed
	URL        string // of the desk
	SecretFile string // holds what both sides sign with
	Algorithm  string // sha256 or sm3
	Listen     string // where the desk's operations are taken

	simulator.Options // what happens
}

// Between what a city says and says again, and for an answer.
const (
	cityPause   = 2 * time.Second
	cityTimeout = 15 * time.Second
)

// DemoCity plays a city until its orders have ended or ctx does.
func DemoCity(ctx context.Context, c City, now func() time.Time, out io.Writer) error {
	secret, err := os.ReadFile(c.SecretFile)
	if err != nil {
		return err
	}
	if c.Lock, err = hotline.NewHMAC(c.Platform, bytes.TrimSpace(secret), c.Algorithm, rand.Reader); err != nil {
		return err
	}
	c.Desk = strings.TrimSuffix(c.URL, "/") + "/webhooks/12345/" + c.Platform
	c.HTTP, c.Now, c.Pause, c.Out = &http.Client{Timeout: cityTimeout}, now, cityPause, out
	city, err := simulator.New(c.Options)
	if err != nil {
		return err
	}
	line, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "the city %s takes operations at http://%s\n", c.Platform, line.Addr())
	s := &http.Server{Handler: city, ReadHeaderTimeout: cityTimeout}
	served := make(chan error, 1)
	go func() { served <- s.Serve(line) }()
	err = city.Play(ctx)
	gone := s.Close() // what hangs would never end by itself
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return errors.Join(err, gone)
}
