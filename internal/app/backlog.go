package app

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/store"
)

const backlogEvery = 15 * time.Second

// backlog is how much waits, as it was counted last.
type backlog struct {
	count      func(context.Context) (store.Queued, error)
	now        func() time.Time
	jobs, age  *prometheus.GaugeVec
	deliveries *prometheus.GaugeVec
}

func newBacklog(r *prometheus.Registry, count func(context.Context) (store.Queued, error), now func() time.Time) (*backlog, error) {
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	}
	b := &backlog{
		count: count, now: now,
		jobs:       gauge("jiesu_jobs_waiting", "Jobs that are due and not done, by kind; the same in all replicas.", "kind"),
		age:        gauge("jiesu_jobs_oldest_seconds", "How long the oldest of them has been due.", "kind"),
		deliveries: gauge("jiesu_deliveries_waiting", "Deliveries that wait to leave, or for staff (dead), by carrier; the same in all replicas.", "carrier", "state"),
	}
	return b, errors.Join(r.Register(b.jobs), r.Register(b.age), r.Register(b.deliveries))
}

// look counts anew.
func (b *backlog) look(ctx context.Context) error {
	now := b.now()
	found, err := b.count(ctx)
	if err != nil {
		return err
	}
	b.jobs.Reset()
	b.age.Reset()
	for _, j := range found.Jobs {
		if j.Oldest.After(now) {
			continue // they have their time
		}
		b.jobs.WithLabelValues(j.Kind).Set(float64(j.N))
		b.age.WithLabelValues(j.Kind).Set(now.Sub(j.Oldest).Seconds())
	}
	b.deliveries.Reset()
	for _, v := range found.Deliveries {
		b.deliveries.WithLabelValues(desk.CarrierOf(v.Route), string(v.State)).Add(float64(v.N))
	}
	return nil
}

// watchAnswers shows what answers come from.
func (f *figures) watchAnswers(library func() *knowledge.Library, asksRemote func() bool) error {
	entries := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "jiesu_library_entries", Help: "Entries of the library that may answer.",
	}, func() float64 { return float64(library().Len()) })
	version := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "jiesu_library_version", Help: "A number made from all entries and their versions: where it differs, replicas answer from different libraries.",
	}, func() float64 { return float64(fingerprint(library())) })
	remote := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "jiesu_search_remote", Help: "1 while questions go to Meilisearch, 0 while the embedded index answers.",
	}, func() float64 {
		if asksRemote() {
			return 1
		}
		return 0
	})
	return errors.Join(f.registry.Register(entries), f.registry.Register(version), f.registry.Register(remote))
}

// fingerprint is the same for the same entries in the same versions.
func fingerprint(l *knowledge.Library) uint32 {
	h := fnv.New32a()
	for _, e := range l.Entries() {
		_, _ = fmt.Fprintln(h, e.ID, e.Version) // a hash never fails to write
	}
	return h.Sum32()
}
