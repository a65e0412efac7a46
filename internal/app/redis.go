package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"

	"jiesu/internal/limit"
	"jiesu/internal/server/live"
)

const (
	redisDials  = 200 * time.Millisecond
	redisTakes  = 500 * time.Millisecond
	redisLookAt = 2 * time.Second // at most, for the doctor
)

// newRedis returns a client of what replicas share; nil: there is one replica.
// Nothing waits long for it: what it is for is done without it.
func newRedis(url string) (*redis.Client, error) {
	if url == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	o, err := redis.ParseURL(url)
	if err != nil {
		return nil, errors.New("redis_url: not like redis://host:6379/0") // it may hold a password, so it is not repeated
	}
	o.MaxRetries, o.DialerRetries = -1, 1
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = redisDials, redisTakes, redisTakes
	logging.Disable() // whoever asks tells what went wrong, once
	return redis.NewClient(o), nil
}

// relay carries what passes to other replicas.
func (a *App) relay() live.Relay {
	if a.redis == nil {
		return nil
	}
	return live.NewRedisRelay(a.redis, fmt.Sprintf("jiesu/%d", a.redis.Options().DB)) // channels know no databases
}

// chatLimits lets load tests open sockets and talk as fast as they like.
func (a *App) chatLimits() live.Limits {
	if a.config.RateLimits {
		return live.Limits{}
	}
	const all = 1 << 20
	free := limit.Rate{Count: all, Period: time.Second}
	return live.Limits{PerAddress: all, Frames: free, Connection: free}
}

func (a *App) limiter() limit.Limiter {
	switch {
	case !a.config.RateLimits:
		a.log.Warn("rate limits are switched off")
		return limit.None{}
	case a.redis != nil:
		return limit.NewShared(a.redis, a.now, limitedKeys, func(err error) {
			a.figures.alone.Inc()
			a.log.Warn("redis did not answer: this replica counts for itself", "error", err)
		})
	default:
		return limit.NewMemory(a.now, limitedKeys)
	}
}

// redisReport is what the doctor says about Redis. One that does not answer is no
// fault of the desk, which does without.
func redisReport(ctx context.Context, url string) (string, error) {
	client, err := newRedis(url)
	if err != nil || client == nil {
		return "none: this is the only replica", err
	}
	ctx, cancel := context.WithTimeout(ctx, redisLookAt)
	defer cancel()
	err = client.Ping(ctx).Err()
	if closed := client.Close(); closed != nil {
		err = errors.Join(err, closed)
	}
	if err != nil {
		return "does not answer: limits count in each replica alone, and news between them are late", nil
	}
	return "answers", nil
}
