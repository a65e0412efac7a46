package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"jiesu/internal/config"
	"jiesu/internal/desk"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/job"
	"jiesu/internal/search"
)

const (
	jobSyncSearch = "search.sync"
	syncEvery     = 10 * time.Minute
	syncTakes     = 9 * time.Minute        // at most
	lookTakes     = 5 * time.Second        // at most, for the doctor
	meaningTakes  = 150 * time.Millisecond // at most, that a question waits for what is near in meaning
	measureTakes  = 30 * time.Second       // the same for a measurement, whose subject is the model and not the network
	removeTakes   = time.Minute
	gateTakes     = 5 * time.Minute // at most, for all that wait
	retainTakes   = 10 * time.Minute
	retainEvery   = time.Hour
	jobTellDue    = "library.due"
	jobTellCalls  = "callback.late"
	tellDueEvery  = 24 * time.Hour
)

// newRemote is the engine the settings name, or nil.
func newRemote(c config.Config) (*search.Meilisearch, error) {
	if c.MeilisearchURL == "" {
		return nil, nil //nolint:nilnil // no engine is not an error
	}
	return search.NewMeilisearch(remoteOptions(c))
}

func remoteOptions(c config.Config) search.MeilisearchOptions {
	return search.MeilisearchOptions{
		URL: c.MeilisearchURL, Key: c.MeilisearchKey, SearchKey: c.MeilisearchSearchKey, Prefix: c.MeilisearchPrefix,
		Embedding: search.Embedding{URL: strings.TrimRight(c.MeilisearchEmbedderURL, "/"), Model: c.MeilisearchEmbedderModel, Key: c.MeilisearchEmbedderKey},
	}
}

// newIndex is what the desk asks: remote where that can be trusted, and the
// embedded index.
func newIndex(remote *search.Meilisearch, log *slog.Logger) *search.Guarded {
	o := search.GuardedOptions{Embedded: search.NewEmbedded(), Now: time.Now, Log: log}
	if remote != nil {
		o.Remote = remote
	}
	return search.NewGuarded(o)
}

// newHybrid is an index over words that also asks the embedder of remote; nil where
// the settings name none.
func newHybrid(c *config.Config, words knowledge.Index, remote *search.Meilisearch, within time.Duration) *search.Hybrid {
	if c.MeilisearchEmbedderURL == "" {
		return nil
	}
	return search.NewHybrid(search.HybridOptions{Words: words, Near: remote, Within: within, Now: time.Now})
}

// outside is the work that may take longer than others can wait for.
func (a *App) outside() map[string]job.Outside {
	work := map[string]job.Outside{
		desk.JobGate:      {Do: a.desk.GateDue, Timeout: gateTakes},
		desk.JobPullFiles: {Do: a.desk.PullFiles, Timeout: pullTakes},
		desk.JobPullMedia: {Do: a.desk.PullMedia, Timeout: pullTakes},
		desk.JobRetain:    {Do: a.retain, Timeout: retainTakes, Every: retainEvery},
		desk.JobScan:      {Do: a.desk.ScanFiles, Timeout: pullTakes},
		jobTellCalls:      {Do: a.desk.TellLateCalls, Timeout: lookTakes, Every: tellDueEvery},
		jobTellDue:        {Do: a.desk.TellDue, Timeout: lookTakes, Every: tellDueEvery},
		jobFreezeScores:   {Do: a.desk.FreezeDue, Timeout: freezeTakes, Every: freezeEvery},
	}
	if len(a.hotlines.Clients) > 0 {
		work[jobReconcile] = job.Outside{Do: a.reconcile, Timeout: reconcileTakes, Every: reconcileEvery}
	}
	if a.remote != nil {
		work[jobSyncSearch] = job.Outside{Do: a.index.Sync, Timeout: syncTakes, Every: syncEvery, For: a.remote.Fingerprint}
	}
	return work
}

// Reindex builds the Meilisearch index anew beside the one in use and swaps
// them.
func Reindex(ctx context.Context, file string, environ []string, out io.Writer) error {
	return onRemote(file, environ, func(remote *search.Meilisearch, c config.Config) error {
		known, err := loadContent(c.Library)
		if err != nil {
			return err
		}
		from := time.Now()
		if err := remote.Replace(ctx, known.library.Entries()); err != nil {
			return err
		}
		took := time.Since(from)
		state, err := remote.Check(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\nbuilt and swapped in %.1f s\n", state, took.Seconds())
		return err
	})
}

// onRemote does something on the Meilisearch the settings name.
func onRemote(file string, environ []string, do func(*search.Meilisearch, config.Config) error) error {
	c, err := config.Load(file, environ)
	if err != nil {
		return err
	}
	remote, err := newRemote(c)
	if err != nil {
		return err
	}
	if remote == nil {
		return errors.New("meilisearch_url is not set: the embedded index is built at every start")
	}
	defer remote.Close()
	return do(remote, c)
}

// IssueSearchKeys makes the keys of least rights, first ones or others beside
// them, and prints the one that belongs into the settings.
func IssueSearchKeys(ctx context.Context, file string, environ []string, first bool, out io.Writer) error {
	return onRemote(file, environ, func(remote *search.Meilisearch, _ config.Config) error {
		key, err := remote.IssueKeys(ctx, first)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "JIESU_MEILISEARCH_KEY=%s\n# Shown once. Processes find the search key by themselves, within half a minute.\n", key)
		return err
	})
}

// RetireSearchKeys deletes our keys that are not in use any more.
func RetireSearchKeys(ctx context.Context, file string, environ []string, out io.Writer) error {
	return onRemote(file, environ, func(remote *search.Meilisearch, _ config.Config) error {
		n, err := remote.RetireKeys(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%d old keys deleted\n", n)
		return err
	})
}

// engineReport is what the doctor says about the engine. A server that does not
// answer is no failure: the embedded index stands in.
func engineReport(ctx context.Context, c config.Config, library *knowledge.Library) (string, error) {
	remote, err := newRemote(c)
	if err != nil {
		return "", err
	}
	if remote == nil {
		return "embedded", nil
	}
	defer remote.Close()
	remote.Expect(library.Entries())
	limited, cancel := context.WithTimeout(ctx, lookTakes)
	defer cancel()
	state, err := remote.Check(limited)
	if err != nil {
		return fmt.Sprintf("embedded, because of: %v", err), ctx.Err()
	}
	return state.String() + embedderReport(limited, c, remote), nil
}

// embedderReport asks for a word of the library by meaning.
func embedderReport(ctx context.Context, c config.Config, remote *search.Meilisearch) string {
	if c.MeilisearchEmbedderURL == "" {
		return ""
	}
	from := time.Now()
	if _, err := remote.Near(ctx, "身份证", 1); err != nil {
		return fmt.Sprintf("; by words alone, because of: %v", err)
	}
	return fmt.Sprintf("; the embedder takes %v of %v", time.Since(from).Round(time.Millisecond), meaningTakes)
}

// engineFor opens the engine an evaluation names, filled with the library, and
// returns how to do away with it. On Meilisearch it has indexes of its own, so
// that nothing in use is touched.
func engineFor(ctx context.Context, engine string, c config.Config, library *knowledge.Library) (knowledge.Index, func() error, error) {
	if engine != "meilisearch" {
		index := search.NewEmbedded()
		return index, func() error { return nil }, index.Replace(ctx, library.Entries())
	}
	if c.MeilisearchURL == "" {
		return nil, nil, errors.New("meilisearch_url is not set")
	}
	o := remoteOptions(c)
	o.Part = "_eval_" + strings.ToLower(rand.Text())
	remote, err := search.NewMeilisearch(o)
	if err != nil {
		return nil, nil, err
	}
	remove := func() error {
		defer remote.Close()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTakes)
		defer cancel()
		return remote.Remove(limited)
	}
	if err := remote.Replace(ctx, library.Entries()); err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	if hybrid := newHybrid(&c, remote, remote, measureTakes); hybrid != nil {
		return hybrid, remove, nil
	}
	return remote, remove, nil
}
