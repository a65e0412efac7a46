package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"jiesu/internal/access"
	"jiesu/internal/config"
	"jiesu/internal/courier"
	"jiesu/internal/desk"
	"jiesu/internal/desk/gap"
	"jiesu/internal/desk/knowledge"
	"jiesu/internal/desk/retention"
	"jiesu/internal/desk/review"
	"jiesu/internal/desk/ticket"
	"jiesu/internal/desk/ticket/assignment"
	"jiesu/internal/desk/ticket/deadline"
	"jiesu/internal/job"
	"jiesu/internal/search"
	"jiesu/internal/server"
	"jiesu/internal/store"
	"jiesu/internal/trace"
	"jiesu/internal/web/ui"
)

const (
	stopWithin  = 25 * time.Second // the hub drains its sockets within 20 s
	headWithin  = 10 * time.Second
	headBytes   = 32 << 10
	readWithin  = 2 * time.Minute // a whole request: photographs from a slow phone
	writeWithin = 3 * time.Minute // from the head on, so longer than reading and any long poll
	idleWithin  = 2 * time.Minute
	pastEvery   = 30 * time.Second
	surgesEvery = 30 * time.Second
	searchEvery = time.Hour        // what is new is found at once
	labelsEvery = 5 * time.Minute  // editors do not wait for what they confirmed to count
	peopleEvery = 10 * time.Second // a new catalogue is in force everywhere by then
	limitedKeys = 100_000          // addresses, conversations and numbers the limiter remembers
)

// App is the built house.
type App struct {
	config   config.Config
	channels config.Channels
	now      func() time.Time
	log      *slog.Logger
	store    *store.Store
	keys     *vault
	telling  desk.Store // the same, telling staff's screens what has changed
	staff    *access.Service
	desk     *desk.Desk
	server   *server.Server
	index    *search.Guarded
	remote   *search.Meilisearch // nil: the embedded index alone
	hybrid   *search.Hybrid      // nil: no embedder is asked
	redis    *redis.Client       // nil: there is one replica
	runner   *job.Runner
	courier  *courier.Courier
	guard    *courier.Guard
	figures  *figures
	backlog  *backlog
	tracer   *trace.Tracer // nil: nothing is traced
	hotlines *courier.Hotlines
	watch    *job.Watch
	periodic []*job.Periodic
	assist   assistance
	weChat   weChat

	captchaKey []byte // the same in every replica
}

// New builds everything and opens the database; nothing runs yet. What a first
// start has to tell goes to out.
func New(ctx context.Context, c config.Config, channels config.Channels, now func() time.Time, out io.Writer, log *slog.Logger) (*App, error) {
	var opened *store.Store
	var keys *vault
	var parts desk.Parts
	var index *search.Guarded
	remote, err := newRemote(c)
	if err != nil {
		return nil, err
	}
	shared, err := newRedis(c.RedisURL)
	if err != nil {
		return nil, err
	}
	guard, err := courier.NewGuard(channels.Outbound.Allow...)
	if err != nil {
		return nil, err
	}
	var both errgroup.Group // the database and the library take about as long
	both.Go(func() (err error) { opened, keys, err = openStore(ctx, c, log); return err })
	both.Go(func() (err error) {
		index = newIndex(remote, log)
		if parts, err = newParts(ctx, c.Library, index); err == nil {
			parts.Library, err = judged(parts.Library, c.Model)
		}
		if err == nil {
			parts.Signs, err = watchlist(c.Signals)
		}
		return err
	})
	if err = both.Wait(); err != nil {
		if opened != nil {
			err = errors.Join(err, opened.Close())
		}
		return nil, err
	}
	a := &App{config: c, channels: channels, guard: guard, now: now, log: log, store: opened, keys: keys, index: index, remote: remote, hybrid: newHybrid(&c, index, remote, meaningTakes), redis: shared, captchaKey: keys.ring.BlindIndex("key", "captcha")}
	a.telling = desk.Announcing{Store: opened, Changed: a.changed}
	parts.Store, parts.CodeKey, parts.Log, parts.Now = a.telling, keys.ring.BlindIndex("key", "query code"), log, now
	parts.AutoDispatch, parts.Rights, parts.Reach = c.AutoDispatch, rights, guard.Check
	if parts.Scan, err = scanner(c.Clamd); err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	parts.Chat = desk.ChatRules{Wait: c.ChatWait, Away: c.ChatAway, Each: c.ChatEach, Names: c.ChatNames}
	if parts.Mailboxes, err = mailboxes(&channels); err == nil {
		err = errors.Join(a.joinHotlines(&parts), a.joinWeChat(&parts))
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	if err := a.build(ctx, parts, out); err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return a, nil
}

// changed tells staff's screens that lists have changed.
func (a *App) changed(topics []string) {
	if a.server != nil { // nobody looks before it is built
		a.server.Hub().Changed(topics)
	}
}

// newParts loads what the desk knows by heart.
func newParts(ctx context.Context, library string, index knowledge.Index) (desk.Parts, error) {
	known, err := readContent(library)
	if err != nil {
		return desk.Parts{}, err
	}
	var group errgroup.Group // the longest parts of a start
	group.Go(func() error { return index.Replace(ctx, known.entries) })
	group.Go(known.analyse)
	p, err := rulesFor(library, known, index)
	err = errors.Join(err, group.Wait())
	p.Library = known.library
	return p, err
}

// rulesFor loads what the desk decides by.
func rulesFor(library string, known content, index knowledge.Index) (p desk.Parts, err error) {
	p = desk.Parts{
		Matcher: knowledge.NewMatcher(index), Lines: known.lines, Topics: known.topics, Hotlines: known.hotlines,
		Random: rand.Reader, Index: index, Scratch: func() knowledge.Index { return search.NewEmbedded() },
	}
	if p.Rules, err = knowledge.LoadReleaseRules(); err != nil {
		return desk.Parts{}, err
	}
	if p.Golden, err = loadGolden(library); err != nil {
		return desk.Parts{}, err
	}
	if p.Router, err = assignment.LoadRouter(); err != nil {
		return desk.Parts{}, err
	}
	p.Tree = p.Router.Tree()
	if p.Calendar, err = deadline.LoadCalendar(); err != nil {
		return desk.Parts{}, err
	}
	if p.Profile, err = deadline.LoadProfile(); err != nil {
		return desk.Parts{}, err
	}
	if p.Gaps, err = gap.LoadRules(); err != nil {
		return desk.Parts{}, err
	}
	if p.Keeping, err = retention.LoadRules(); err != nil {
		return desk.Parts{}, err
	}
	p.Chains, err = review.LoadRules()
	return p, err
}

// rights is what roles allow, for those who stand in for somebody.
func rights(roles []string, path string) desk.Actor {
	u := access.User{UnitPath: path}
	for _, r := range roles {
		u.Roles = append(u.Roles, access.Role(r))
	}
	g := access.GrantOf(u)
	a := desk.Actor{Scope: g.Scope, Drafts: g.Drafts, Chats: g.Chats, Reviews: g.Reviews, Reports: g.Reports, Signals: g.Signals, Assesses: g.Assess}
	for _, m := range g.Moves {
		a.Moves = append(a.Moves, ticket.Move(m))
	}
	return a
}

func (a *App) build(ctx context.Context, parts desk.Parts, out io.Writer) error {
	a.staff = access.NewService(a.store, a.now, access.Rules{FactorRequired: a.config.RequireSecondFactor, ProviderOnly: a.config.OIDCOnly})
	if err := seed(ctx, a.store, a.staff, parts.Tree, out); err != nil {
		return err
	}
	if err := a.learn(ctx, parts); err != nil {
		return err
	}
	proxies, err := a.config.Proxies()
	if err != nil {
		return err
	}
	provider, errProvider := newProvider(&a.config, a.channels.Outbound.Allow, a.now)
	open311, err := newOpen311(a.channels.Open311, a.desk.Router.Catalogue())
	if err = errors.Join(err, errProvider); err != nil {
		return err
	}
	if err := a.measure(ctx); err != nil {
		return err
	}
	a.server, err = server.New(server.Options{
		Registry: a.figures.registry, Provider: provider,
		Open311: open311, Desk: a.desk, Access: a.staff, Limiter: a.limiter(), Relay: a.relay(), Log: a.log, Tracer: a.tracer, Now: a.now, Assets: ui.Assets(),
		Ready: a.desk.Ready, Health: func() desk.Health { return a.watch.Health() },
		Config: server.Config{
			TrustedProxies: proxies, AllowedOrigins: a.config.Origins, ChatLimits: a.chatLimits(),
			ProviderName: a.config.OIDCName, ProviderOnly: a.config.OIDCOnly,
		},
		WeChat: a.weChat.edge, CaptchaKey: a.captchaKey, Hotlines: a.hotlinePlatforms(),
	})
	if err != nil {
		return err
	}
	a.desk.WakeWith(a.server.Hub())
	a.index.ObserveWith(a.server.Searched)
	if a.hybrid != nil {
		a.hybrid.ObserveWith(a.server.Searched)
	}
	a.runner = job.New(job.Options{Store: a.telling, Worker: a.desk, Now: a.now, Log: a.log, Tracer: a.tracer, Outside: a.outside(), Observed: a.figures.worked, Fired: a.figures.fired})
	routes, err := a.carriers()
	if err != nil {
		return err
	}
	a.courier = courier.New(courier.Options{Store: a.telling, Desk: a.desk, Routes: routes, Now: a.now, Log: a.log, Tracer: a.tracer, Observed: a.server.Delivered})
	a.watch = newWatch(a.runner, a.desk, a.log)
	a.periodic = a.rounds()
	return nil
}

// learn makes the desk and has it learn what the database knows.
func (a *App) learn(ctx context.Context, parts desk.Parts) error {
	a.assist = newAssistance(&a.config, a.store, a.log)
	a.desk = desk.New(parts)
	if err := a.desk.LearnPopularity(ctx); err != nil {
		return fmt.Errorf("popularity of entries: %w", err)
	}
	if err := a.desk.ReloadLibrary(ctx); err != nil {
		return fmt.Errorf("published entries: %w", err)
	}
	if err := errors.Join(a.desk.ReloadCalendar(ctx), a.desk.LearnOrganisation(ctx), a.desk.LearnEndpoints(ctx)); err != nil {
		return fmt.Errorf("calendar, catalogue, people and endpoints: %w", err)
	}
	a.assist.join(a.desk, &a.config, a.hybrid)
	return nil
}

// rounds are what is done again and again by every replica.
func (a *App) rounds() []*job.Periodic {
	return []*job.Periodic{
		job.NewPeriodic("backlog", backlogEvery, a.backlog.look, a.log),
		job.NewPeriodic("past", pastEvery, a.desk.LearnPast, a.log),
		job.NewPeriodic("surges", surgesEvery, a.desk.WatchSurges, a.log),
		job.NewPeriodic("calendar", desk.CalendarEvery, a.desk.ReloadCalendar, a.log),
		job.NewPeriodic("search", searchEvery, a.desk.IndexTickets, a.log),
		job.NewPeriodic("labels", labelsEvery, a.desk.LearnPopularity, a.log),
		job.NewPeriodic("organisation", peopleEvery, a.desk.LearnOrganisation, a.log),
		job.NewPeriodic("library", desk.LibraryEvery, a.desk.ReloadLibrary, a.log),
		job.NewPeriodic("questions", desk.GapsEvery, a.desk.GatherQuestions, a.log),
		job.NewPeriodic("keys", keysEvery, a.keys.renew, a.log),
		job.NewPeriodic("reseal", resealEvery, a.reseal, a.log),
		job.NewPeriodic("endpoints", desk.EndpointsEvery, a.desk.LearnEndpoints, a.log),
		job.NewPeriodic("rest", restEvery, newRest().look, a.log),
	}
}

// measure begins to count and to trace.
func (a *App) measure(ctx context.Context) (err error) {
	if a.figures, err = newFigures(a.store.Stats, a.index); err != nil {
		return err
	}
	if err = a.figures.watchAnswers(a.desk.Library, a.index.Asks); err != nil {
		return err
	}
	if a.backlog, err = newBacklog(a.figures.registry, a.store.Queued, a.now); err != nil {
		return err
	}
	a.tracer, err = a.newTracer(ctx)
	return err
}

// Run serves until ctx ends, then stops in reverse order: sockets are told to
// reconnect elsewhere, running requests finish, then the jobs, then the database
// is closed.
func (a *App) Run(ctx context.Context, out io.Writer) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.config.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen: %w", err), a.store.Close())
	}
	h := newHTTPServer(a.server.Handler(), a.log)
	running := context.WithoutCancel(ctx)
	a.server.Start(running)
	a.index.Start(running)
	a.runner.Start(running)
	a.courier.Start(running)
	a.watch.Start(running)
	for _, p := range a.periodic {
		p.Start(running)
	}
	a.assist.start(running, a.desk.Library())
	_, _ = fmt.Fprintf(out, "jiesu serves on http://%s\n", listener.Addr())
	failed := make(chan error, 1)
	go func() { failed <- h.Serve(listener) }()
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = a.stop(running, h)
		if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
	}
	for _, p := range slices.Backward(a.periodic) {
		p.Stop()
	}
	a.watch.Stop()
	a.assist.stop()
	a.courier.Stop()
	a.runner.Stop()
	a.index.Stop()
	if a.remote != nil {
		a.remote.Close()
	}
	if a.redis != nil {
		err = errors.Join(err, a.redis.Close())
	}
	err = errors.Join(err, a.desk.StoreCounts(running), a.store.Close())
	a.closeTracer(running)
	return err
}

// newHTTPServer waits for nobody for long: neither for a head, nor for a body, nor
// until an answer is taken.
func newHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadTimeout: readWithin, ReadHeaderTimeout: headWithin, WriteTimeout: writeWithin, IdleTimeout: idleWithin,
		MaxHeaderBytes: headBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

func (a *App) stop(ctx context.Context, h *http.Server) error {
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	return errors.Join(a.server.Stop(ctx), h.Shutdown(ctx))
}
