package live

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	tellWithin = time.Second      // a message that has not left by then is lost
	quiet      = 10 * time.Second // without a message before Redis is asked whether it is there
	relisten   = time.Second      // between two attempts to listen
)

// RedisRelay is a Relay over a channel of a Redis (publish and subscribe).
type RedisRelay struct {
	client  redis.UniversalClient
	channel string
}

// NewRedisRelay returns a relay for the replicas of one installation, which share
// the channel and nothing else.
func NewRedisRelay(client redis.UniversalClient, channel string) *RedisRelay {
	return &RedisRelay{client: client, channel: channel}
}

// Tell implements [Relay].
func (r *RedisRelay) Tell(ctx context.Context, message []byte) error {
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	return r.client.Publish(ctx, r.channel, message).Err()
}

// Hear implements [Relay].
func (r *RedisRelay) Hear(ctx context.Context, heard func(message []byte), lost func()) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-pause.C:
		case <-ctx.Done():
			return
		}
		r.listen(ctx, heard, lost)
		pause.Reset(relisten)
	}
}

// listen hears until the connection breaks or ctx ends.
func (r *RedisRelay) listen(ctx context.Context, heard func([]byte), lost func()) {
	s := r.client.Subscribe(ctx, r.channel)
	defer context.AfterFunc(ctx, func() { _ = s.Close() })() // what waits for a message waits no more
	defer func() { _ = s.Close() }()
	for asked := false; ; {
		got, err := s.ReceiveTimeout(ctx, quiet)
		if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() && !asked {
			asked = s.Ping(ctx) == nil
			continue
		}
		if err != nil {
			return
		}
		asked = false
		switch m := got.(type) {
		case *redis.Message:
			heard([]byte(m.Payload))
		case *redis.Subscription: // whatever was said before
			lost()
		}
	}
}
