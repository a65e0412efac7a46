package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/gorilla/websocket"

	"jiesu/internal/server/live"
)

// call asks the program for something that is not measured.
func (p *process) call(ctx context.Context, method, path, token string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, "http://"+p.address+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", newID())
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode >= http.StatusBadRequest {
		var said struct {
			Code string `json:"code"`
		}
		_ = json.NewDecoder(answer.Body).Decode(&said)
		return fmt.Errorf("%s %s: %s %s", method, path, answer.Status, said.Code)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(answer.Body).Decode(into)
}

const ownPassword = "four words in a row"

// staff signs one of the first accounts in, whose passwords the first start shows, and
// gives it a password of its own.
func (p *process) staff(ctx context.Context, login string) (string, error) {
	shown := ""
	for _, line := range p.said {
		if f := strings.Fields(line); len(f) > 1 && f[0] == login {
			shown = f[1]
		}
	}
	token, err := p.signIn(ctx, login, shown)
	if err != nil {
		return "", err
	}
	if err := p.call(ctx, http.MethodPost, "/api/v1/staff/password", token, map[string]string{"old": shown, "new": ownPassword}, nil); err != nil {
		return "", err
	}
	return p.signIn(ctx, login, ownPassword)
}

func (p *process) signIn(ctx context.Context, login, password string) (string, error) {
	var answer struct {
		Token string `json:"token"`
	}
	err := p.call(ctx, http.MethodPost, "/api/v1/staff/session", "", map[string]string{"login": login, "password": password}, &answer)
	return answer.Token, err
}

// passes begins n conversations.
func (p *process) passes(ctx context.Context, n int) ([]string, error) {
	all := make([]string, n)
	_, err := dialled(n, func(i int) error {
		var answer struct {
			Pass string `json:"pass"`
		}
		err := p.call(ctx, http.MethodPost, "/api/v1/chat/passes", "", map[string]string{}, &answer)
		all[i] = answer.Pass
		return err
	})
	return all, err
}

// chat is a citizen's socket that has said hello.
type chat struct {
	ws   *websocket.Conn
	sent int
}

func (p *process) chat(ctx context.Context, pass string) (*chat, error) {
	ws, err := socket(ctx, "ws://"+p.address+"/api/v1/chat", live.Protocol)
	if err != nil {
		return nil, err
	}
	c := &chat{ws: ws}
	if err := c.write(fmt.Sprintf(`{"t":"hello","id":1,"v":1,"pass":%q}`, pass)); err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	f, err := c.read()
	if err == nil && f.T != "welcome" {
		err = fmt.Errorf("%s %s instead of a welcome", f.T, f.Code)
	}
	if err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	return c, nil
}

func (c *chat) write(frame string) error {
	return c.ws.WriteMessage(websocket.TextMessage, []byte(frame))
}

type frame struct {
	T    string `json:"t"`
	ID   int    `json:"id"`
	Seq  int64  `json:"seq"`
	Code string `json:"code"`
	From struct {
		Role string `json:"role"`
	} `json:"from"`
}

func (c *chat) read() (f frame, err error) {
	_, data, err := c.ws.ReadMessage()
	if err != nil {
		return f, err
	}
	return f, json.Unmarshal(data, &f)
}

// say says something, and waits until it is stored and answered.
func (c *chat) say(text string) error {
	c.sent++
	if err := c.write(fmt.Sprintf(`{"t":"send","id":%d,"cid":"c%d","kind":"text","body":{"text":%q}}`, c.sent+1, c.sent, text)); err != nil {
		return err
	}
	stored, answered := false, false
	for !stored || !answered {
		f, err := c.read()
		switch {
		case err != nil:
			return err
		case f.T == "err":
			return errors.New(f.Code)
		case f.T == "ok":
			stored = true
		case f.T == "msg" && f.From.Role == "bot":
			answered = true
			if err := c.write(fmt.Sprintf(`{"t":"ack","seq":%d}`, f.Seq)); err != nil {
				return err
			}
		}
	}
	return nil
}
