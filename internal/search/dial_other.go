//go:build !linux

package search

import (
	"context"
	"net"
)

// dial opens a connection the ordinary way.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	return d.DialContext(ctx, network, address)
}
