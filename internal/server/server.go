package server

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"jiesu/internal/desk"
	"jiesu/internal/desk/channel"
	"jiesu/internal/limit"
	"jiesu/internal/server/live"
	"jiesu/internal/trace"
	wire "jiesu/webhooks/hotline"
)

// Options make a server. Desk, Access, Limiter, Log and Now are needed.
type Options struct {
	Desk   Desk
	Access Access
	// Provider is where staff may sign in, too; nil: with passwords alone.
	Provider Provider
	Limiter  limit.Limiter
	Relay    live.Relay       // to other replicas; nil: there are none
	Log      *slog.Logger     // see [LogIDs]
	Tracer   *trace.Tracer    // nil: nothing is traced
	Now      func() time.Time // the wall clock
	// Assets are the built pages: widget.js, assets/ (hashed names) and docs/.
	// Without them the pages say that they have not been built.
	Assets fs.FS
	// Registry takes the metrics; nil: a registry of its own.
	Registry *prometheus.Registry
	// Ready says whether requests can be answered; nil: always.
	Ready func(ctx context.Context) error
	// Health is what the self-check last found; nil: there is none.
	Health func() desk.Health
	// Open311 is the interface for apps of others; nil: there is none.
	Open311 *Open311
	Config  Config
	WeChat  map[string]WeChatAccount // by the name in their addresses
	// CaptchaKey marks the right answers to questions; every replica has the same.
	// Without it: one of this process.
	CaptchaKey []byte
	// Hotlines are the 12345 platforms that call, by the name in their address.
	Hotlines map[string]*wire.Platform
}

// Server answers HTTP. It is safe for concurrent use.
type Server struct {
	desk        Desk
	access      Access
	provider    Provider
	limiter     limit.Limiter
	log         *slog.Logger
	tracer      *trace.Tracer
	now         func() time.Time
	ready       func(ctx context.Context) error
	health      func() desk.Health
	open311     *Open311
	config      Config
	hotlines    map[string]*wire.Platform
	weChat      map[string]WeChatAccount
	doors       map[string]door // by method and template
	hub         *live.Hub
	metrics     *metrics
	assets      *assets
	pages       *publicPages
	uploads     chan struct{} // bounds the memory pictures and workbooks may take
	captcha     *captcha
	crossOrigin *http.CrossOriginProtection
	lines       lastEncoded[channel.Listing, hotlinesBody]
	engine      *gin.Engine
	api         huma.API
	openAPI     func() ([]byte, error) // made when somebody asks for it
}

// parallelUploads is how many pictures and workbooks are decoded at once.
const parallelUploads = 2

// New returns a server that has not been started.
func New(o Options) (*Server, error) {
	s := &Server{
		desk: o.Desk, access: o.Access, provider: o.Provider, limiter: o.Limiter, log: o.Log, tracer: o.Tracer, now: o.Now, ready: o.Ready, health: o.Health, open311: o.Open311,
		config: o.Config.withDefaults(), weChat: o.WeChat, hotlines: o.Hotlines, doors: map[string]door{},
		uploads: make(chan struct{}, parallelUploads), crossOrigin: http.NewCrossOriginProtection(),
		captcha: newCaptcha(o.CaptchaKey, o.Limiter, o.Now),
	}
	for _, d := range openDoors() {
		s.doors[d.method+" "+d.path] = d
	}
	s.hub = live.New(live.Options{
		Desk: o.Desk, Log: o.Log, Tracer: o.Tracer, Limiter: o.Limiter, Relay: o.Relay, Now: o.Now,
		AllowOrigin: func(r *http.Request) bool { return live.SameHost(r) || s.originAllowed(r.Header.Get("Origin")) },
		Decided:     func(decision string) { s.metrics.decided(decision) },
		Handled:     func(frame, outcome string, took time.Duration) { s.metrics.handled(frame, outcome, took) },
		Times:       s.config.ChatTimes, Limits: s.config.ChatLimits,
	})
	registry := o.Registry
	if registry == nil {
		registry = prometheus.NewRegistry()
	}
	var err error
	if s.metrics, err = newMetrics(registry, s.hub.Counts); err != nil {
		return nil, err
	}
	if s.health == nil {
		s.health = func() desk.Health { return desk.Health{} }
	}
	if err = registry.Register(newHealthFigures(s.health)); err != nil {
		return nil, err
	}
	if s.assets, err = newAssets(o.Assets); err != nil {
		return nil, err
	}
	if s.pages, err = newPublicPages(s, o.Assets); err != nil {
		return nil, err
	}
	s.buildRoutes()
	tidySchemas(s.api)
	s.openAPI = sync.OnceValues(func() ([]byte, error) { return document(s.api) })
	return s, nil
}

// Handler answers requests. A HEAD is answered as the GET it stands for.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			get := *r // net/http remembers that the answer has no body
			get.Method = http.MethodGet
			r = &get
		}
		s.engine.ServeHTTP(w, r)
	})
}

// Hub is what the desk wakes after a commit (desk.Waker).
func (s *Server) Hub() *live.Hub { return s.hub }

// Searched counts a search for candidates; both words come from a short list.
func (s *Server) Searched(engine, outcome string) {
	s.metrics.searches.WithLabelValues(engine, outcome).Inc()
}

// Delivered counts an attempt to deliver; both words come from a short list.
func (s *Server) Delivered(carrier string, outcome desk.Outcome, took time.Duration) {
	s.metrics.attempts.WithLabelValues(carrier, string(outcome)).Observe(took.Seconds())
}

// Start lets chat connections in.
func (s *Server) Start(ctx context.Context) { s.hub.Start(ctx) }

// Stop ends chat connections and long polls and waits for them. Call it before
// shutting down the listener's server, which does not know of sockets.
func (s *Server) Stop(ctx context.Context) error { return s.hub.Stop(ctx) }

func (s *Server) buildRoutes() {
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false
	e.ForwardedByClientIP = false
	e.ContextWithFallback = true
	e.Use(s.identify, s.traced, s.observe, s.recoverPanic, s.secureHeaders, s.compressed(), s.cleanAddress, s.cors, s.gate, s.readJSON)
	e.NoRoute(s.moved)
	e.NoMethod(s.noMethod)
	s.engine = e
	s.api = s.newAPI(e)
	for _, add := range []func(){
		s.askRoutes, s.libraryRoutes, s.shelfRoutes, s.shelfFileRoutes, s.sessionRoutes, s.wordRoutes, s.ticketRoutes, s.viewRoutes, s.previewRoutes, s.dispatchRoutes, s.replyHelpRoutes, s.userRoutes, s.accountRoutes, s.factorRoutes, s.auditRoutes,
		s.calendarRoutes, s.unsealingRoutes, s.retentionRoutes, s.ownCopyRoutes, s.consultationRoutes, s.reviewRoutes, s.noticeRoutes, s.replyRoutes,
		s.disclosureRoutes, s.archiveRoutes, s.supervisionRoutes, s.callbackRoutes, s.appealRoutes, s.signalRoutes,
		s.reportRoutes, s.districtRoutes, s.channelRoutes, s.mailboxRoutes, s.webhookRoutes, s.robotRoutes, s.proofRoutes, s.lessonRoutes, s.gapRoutes, s.assistRoutes, s.organisationRoutes,
		s.healthRoutes, s.ruleRoutes, s.hotlineRoutes, s.phoneRoutes, s.orderRoutes, s.orderSheetRoutes, s.phraseRoutes, s.messageRoutes,
	} {
		add()
	}
	for _, add := range []func(gin.IRouter){
		s.letterRoutes, s.chatRoutes, s.inboundRoutes, s.smsRoutes, s.platformRoutes, s.weChatRoutes, s.opsRoutes, s.assetRoutes, s.portalRoutes,
		s.sheetRoutes, s.providerRoutes, s.chatDeskRoutes, s.open311Routes,
	} {
		add(e)
	}
}
