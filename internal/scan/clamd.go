package scan

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

const (
	chunk     = 64 << 10
	takes     = 2 * time.Minute // at most, for one file
	maxAnswer = 1 << 10
)

// Clamd is a ClamAV daemon.
type Clamd struct{ network, address string }

// New returns the daemon at unix:/path or tcp:host:port. Nothing is asked of it yet.
func New(socket string) (*Clamd, error) {
	network, address, found := strings.Cut(socket, ":")
	switch {
	case found && network == "unix" && strings.HasPrefix(address, "/"):
		return &Clamd{network, address}, nil
	case found && network == "tcp":
		if host, port, err := net.SplitHostPort(address); err == nil && host != "" && port != "" {
			return &Clamd{network, address}, nil
		}
	}
	return nil, fmt.Errorf("%q is neither unix:/path/of/socket nor tcp:host:port", socket)
}

// Scan sends content to the daemon. found names what is in it; empty: nothing is.
func (c *Clamd) Scan(ctx context.Context, content []byte) (found string, err error) {
	said, err := c.ask(ctx, "INSTREAM", content)
	if err != nil {
		return "", err
	}
	verdict, ours := strings.CutPrefix(said, "stream: ")
	name, infected := strings.CutSuffix(verdict, " FOUND")
	switch {
	case ours && infected && name != "":
		return name, nil
	case ours && verdict == "OK":
		return "", nil
	}
	return "", fmt.Errorf("clamd: %q", said)
}

// Version is what the daemon and its signatures call themselves.
func (c *Clamd) Version(ctx context.Context) (string, error) { return c.ask(ctx, "VERSION", nil) }

// ask sends a command, and the chunks it is about, over a connection of its own.
func (c *Clamd) ask(ctx context.Context, command string, content []byte) (answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, takes)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer func() {
		stop()
		err = errors.Join(err, conn.Close())
	}()
	sent := send(conn, command, content)
	// A daemon that refuses the size answers before it has read everything.
	said, err := io.ReadAll(io.LimitReader(conn, maxAnswer))
	answer, whole := strings.CutSuffix(string(said), "\x00")
	switch {
	case whole:
		return answer, nil
	case err == nil:
		err = io.ErrUnexpectedEOF
	}
	return "", fmt.Errorf("clamd: %w", errors.Join(sent, err))
}

func send(w io.Writer, command string, content []byte) error {
	if _, err := io.WriteString(w, "z"+command+"\x00"); err != nil || content == nil {
		return err
	}
	for part := range slices.Chunk(content, chunk) {
		if _, err := w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part)))); err != nil { //nolint:gosec // at most chunk
			return err
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	_, err := w.Write(make([]byte, 4)) //nolint:mnd // the length 0 ends it
	return err
}
