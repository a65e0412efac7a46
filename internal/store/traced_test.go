package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"jiesu/internal/desk"
	"jiesu/internal/store"
)

// Statements are told of by operation and table, those that bun builds as well, inside
// their transaction; outside of a trace nothing is.
func TestStatementsAreTraced(t *testing.T) {
	t.Parallel()
	for kind, fresh := range kinds() {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s, err := store.Open(t.Context(), store.Config{URL: fresh(t), Keyring: keyring(t), Traced: true})
			must(t, err)
			t.Cleanup(func() { must(t, s.Close()) })
			must(t, s.Migrate(t.Context()))
			kept := tracetest.NewSpanRecorder()
			provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(kept))
			o := newOpening(1)
			_, err = s.JobCounts(t.Context()) // in no trace
			must(t, err)
			ctx, span := provider.Tracer("test").Start(t.Context(), "request")
			must(t, s.InTx(ctx, o.store))
			_, err = s.Tickets(ctx, desk.Filter{Sort: desk.LastCreated, Limit: 10})
			must(t, err)
			refused := errors.New("of the caller, about 张三")
			if err := s.InTx(ctx, func(context.Context, desk.Tx) error { return refused }); !errors.Is(err, refused) {
				t.Error(err)
			}
			span.End()
			var names []string
			failed := 0
			for _, span := range kept.Ended() {
				names = append(names, span.Name())
				if span.Status().Code == codes.Error {
					failed++
				}
				if span.Status().Description != "" || len(span.Events()) != 0 {
					t.Errorf("%s tells %v %v", span.Name(), span.Status(), span.Events())
				}
			}
			for _, want := range []string{"transaction", "INSERT ticket", "INSERT letter", "INSERT audit", "SELECT ticket"} {
				if !slices.Contains(names, want) {
					t.Errorf("no %s among %q", want, names)
				}
			}
			if slices.Contains(names, "SELECT job") || failed != 1 {
				t.Errorf("%d failed among %q", failed, names)
			}
		})
	}
}

// What waits is counted by kind and by route.
func TestQueued(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		at := benchTime()
		must(t, s.InTx(t.Context(), func(ctx context.Context, tx desk.Tx) error {
			return errors.Join(
				tx.Enqueue(ctx, desk.Job{ID: "j1", Kind: "notify.staff", Key: "1", Args: []byte(`{}`), State: desk.JobReady, RunAt: at.Add(time.Hour), CreatedAt: at},
					desk.Job{ID: "j2", Kind: "notify.staff", Key: "2", Args: []byte(`{}`), State: desk.JobReady, RunAt: at, CreatedAt: at}),
				tx.InsertDelivery(ctx, desk.Delivery{ID: "d1", Route: "webhook/a", Kind: "ticket.opened", State: desk.DeliveryWaiting, NextAt: at, CreatedAt: at},
					desk.Delivery{ID: "d2", Route: "webhook/a", Kind: "ticket.opened", State: desk.DeliverySkipped, NextAt: at, CreatedAt: at, EndedAt: at}))
		}))
		q, err := s.Queued(t.Context())
		must(t, err)
		if len(q.Jobs) != 1 || q.Jobs[0] != (store.JobsWaiting{Kind: "notify.staff", N: 2, Oldest: at}) {
			t.Errorf("jobs: %+v", q.Jobs)
		}
		if len(q.Deliveries) != 1 || q.Deliveries[0] != (store.DeliveriesWaiting{Route: "webhook/a", State: desk.DeliveryWaiting, N: 1}) {
			t.Errorf("deliveries: %+v", q.Deliveries)
		}
		now, err := s.Clock(t.Context())
		if skew := time.Since(now).Abs(); err != nil || !now.IsZero() && skew > time.Minute {
			t.Errorf("it is %v to the database, %v", now, err)
		}
	})
}
