package search

import (
	"context"
	"net"
	"syscall"
)

// dial opens a connection that acknowledges at once. Meilisearch sends the head
// and the body of an answer one after the other and, on a connection that is
// kept open, waits for the acknowledgement of the first: 40 ms where the system
// delays it as usual.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	s, ok := c.(syscall.Conn)
	if !ok {
		return c, nil
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return nil, err
	}
	return prompt{c, raw}, nil
}

type prompt struct {
	net.Conn
	raw syscall.RawConn
}

// Read asks for prompt acknowledgements each time: the system forgets it. Where
// it refuses, the connection is slow and works.
func (p prompt) Read(b []byte) (int, error) {
	_ = p.raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_QUICKACK, 1)
	})
	return p.Conn.Read(b)
}
