package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/websocket"
)

// bareServer is gin and gorilla/websocket as one would write them to be fast, and
// nothing else: no identities, no rules, no log.
type bareServer struct {
	body  []byte // of the plain GET
	store *bareStore

	mu   sync.Mutex
	hub  map[*bareConn]struct{}
	lean websocket.Upgrader
}

// serveBare serves until ctx ends. args are the size of the plain GET's body, and
// where to store and how, both empty for nothing: own, shared or one commit.
func serveBare(ctx context.Context, args []string, out io.Writer) (err error) {
	for len(args) < 3 {
		args = append(args, "")
	}
	size, _ := strconv.Atoi(args[0])
	gin.SetMode(gin.ReleaseMode)
	s := &bareServer{body: make([]byte, size), hub: map[*bareConn]struct{}{}}
	for i := range s.body {
		s.body[i] = 'x'
	}
	s.lean = websocket.Upgrader{ReadBufferSize: 512, WriteBufferSize: 512, WriteBufferPool: &sync.Pool{}, CheckOrigin: func(*http.Request) bool { return true }}
	if args[1] != "" {
		if s.store, err = openBareStore(ctx, args[1], args[2]); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.store.close()) }()
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "bare serves on http://%s\n", listener.Addr())
	h := &http.Server{Handler: s.routes(context.WithoutCancel(ctx)), ReadHeaderTimeout: time.Minute}
	stopped := context.AfterFunc(ctx, func() { _ = h.Close() })
	defer stopped()
	if err := h.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s *bareServer) routes(ctx context.Context) http.Handler {
	e := gin.New()
	e.GET("/plain", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", s.body) })
	e.GET("/echo", s.echo)
	e.GET("/hub", s.join)
	e.POST("/publish", s.publish)
	e.POST("/ticket", func(c *gin.Context) { //nolint:contextcheck // it passes that of the request
		if _, err := io.Copy(io.Discard, c.Request.Body); err != nil {
			return
		}
		if err := s.store.run(c.Request.Context(), s.store.ticketRows()); err != nil {
			c.String(http.StatusInternalServerError, err.Error())
			return
		}
		c.Data(http.StatusCreated, "application/json", s.body)
	})
	e.GET("/say", func(c *gin.Context) { s.say(ctx, c) })
	return e
}

// echo answers each message with itself; the handler returns at once, so that what
// net/http keeps for a request is let go.
func (s *bareServer) echo(c *gin.Context) {
	ws, err := s.lean.Upgrade(c.Writer, c.Request, nil)
	if err != nil {
		return
	}
	go func() {
		defer func() { _ = ws.Close() }()
		for {
			kind, data, err := ws.ReadMessage()
			if err != nil || ws.WriteMessage(kind, data) != nil {
				return
			}
		}
	}()
}

// bareConn is a connection of the hub: a reader, and a writer with a queue.
type bareConn struct {
	ws    *websocket.Conn
	queue chan *websocket.PreparedMessage
}

func (s *bareServer) join(c *gin.Context) {
	ws, err := s.lean.Upgrade(c.Writer, c.Request, nil)
	if err != nil {
		return
	}
	conn := &bareConn{ws: ws, queue: make(chan *websocket.PreparedMessage, 64)}
	s.mu.Lock()
	s.hub[conn] = struct{}{}
	s.mu.Unlock()
	go func() {
		for m := range conn.queue {
			if ws.WritePreparedMessage(m) != nil {
				return
			}
		}
	}()
	go func() {
		for {
			kind, data, err := ws.ReadMessage()
			if err != nil {
				break
			}
			if m, err := websocket.NewPreparedMessage(kind, data); err == nil {
				conn.queue <- m // hello is answered by the writer
			}
		}
		s.mu.Lock()
		delete(s.hub, conn)
		s.mu.Unlock()
		close(conn.queue)
		_ = ws.Close()
	}()
}

// publish sends its body to everybody.
func (s *bareServer) publish(c *gin.Context) {
	data, err := io.ReadAll(c.Request.Body)
	if err != nil {
		return
	}
	m, err := websocket.NewPreparedMessage(websocket.TextMessage, data)
	if err != nil {
		c.Status(http.StatusInternalServerError)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.hub {
		select {
		case conn.queue <- m:
		default: // a slow reader misses it
		}
	}
}

// say stores each message with an answer, then says so.
func (s *bareServer) say(ctx context.Context, c *gin.Context) {
	ws, err := s.lean.Upgrade(c.Writer, c.Request, nil)
	if err != nil {
		return
	}
	id := newID()
	go func() {
		defer func() { _ = ws.Close() }()
		if s.store.run(ctx, s.store.conversationRows(id)) != nil {
			return
		}
		for {
			kind, data, err := ws.ReadMessage()
			if err != nil || s.store.run(ctx, s.store.messageRows(id, len(data))) != nil || ws.WriteMessage(kind, data) != nil {
				return
			}
		}
	}()
}
