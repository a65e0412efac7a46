package assist

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"jiesu/internal/problem"
)

const (
	maxAnswer  = 256 << 10 // bytes of a chat completion
	maxVectors = 8 << 20   // bytes of a batch of embeddings
	maxHeader  = 64 << 10
	connect    = 5 * time.Second

	staffAtOnce = 4
	askedAtOnce = 16 // citizens' questions, which wait a few hundred milliseconds at most
)

// Options of a client.
type Options struct {
	URL       string        // base, e.g. http://127.0.0.1:8000/v1
	Key       string        // bearer; may be empty
	Model     string        // writes; empty: nothing is written or ordered
	Embedding string        // embeds; empty: nothing is embedded
	Timeout   time.Duration // of what nobody waits for in a chat
	Now       func() time.Time
	Log       *slog.Logger
	Transport http.RoundTripper // nil: a plain one of its own
}

// Client asks the model. It is safe for concurrent use.
type Client struct {
	o     Options
	http  *http.Client
	staff *lane // proposals
	order *lane // of options
	query *lane // vectors of questions
}

// New returns a client. It connects to nothing by itself.
func New(o Options) *Client {
	o.URL = strings.TrimRight(o.URL, "/")
	if o.Transport == nil {
		o.Transport = &http.Transport{
			DialContext:         (&net.Dialer{Timeout: connect}).DialContext,
			TLSHandshakeTimeout: connect, MaxResponseHeaderBytes: maxHeader,
			MaxIdleConnsPerHost: staffAtOnce, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
		}
	}
	c := &Client{o: o, http: &http.Client{
		Transport: o.Transport,
		// A redirect would carry letter and key to a place nobody configured.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	lane := func(use string, atOnce int) *lane {
		return newLane(atOnce, o.Now, func(open bool) {
			if open {
				o.Log.Warn("the language model fails and is left alone for a while", "use", use)
				return
			}
			o.Log.Info("the language model answers again", "use", use)
		})
	}
	c.staff, c.order, c.query = lane("staff", staffAtOnce), lane("order", askedAtOnce), lane("query", askedAtOnce)
	return c
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Model names the model that writes, for the audit trail.
func (c *Client) Model() string { return c.o.Model }

// errNonsense is all that is ever told about an answer that cannot be used: the
// answer itself may hold what was sent.
var errNonsense = errors.New("assist: the answer is not what was asked for")

// post sends in as JSON and reads the answer into out.
func (c *Client) post(ctx context.Context, path string, in, out any, most int64) (err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return errNonsense
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.o.URL+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("assist: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	if c.o.Key != "" {
		r.Header.Set("Authorization", "Bearer "+c.o.Key)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("assist: %w", err)
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("assist: the model answers with status %d", answer.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, most+1))
	switch {
	case err != nil:
		return fmt.Errorf("assist: read the answer: %w", err)
	case int64(len(raw)) > most:
		return fmt.Errorf("assist: the answer is longer than %d bytes", most)
	case json.Unmarshal(raw, out) != nil:
		return errNonsense
	}
	return nil
}

type chatMessage struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

type chatRequest struct {
	Model       string        `json:"model"`
	Messages    []chatMessage `json:"messages"`
	Temperature float64       `json:"temperature"`
	Stream      bool          `json:"stream"`
}

type chatAnswer struct {
	Choices []struct {
		Message chatMessage `json:"message"`
	} `json:"choices"`
}

// chat puts a task and its material to the model and reads the JSON object it
// answers with. The material is JSON, so that no text in it can end it.
func (c *Client) chat(ctx context.Context, task string, material, out any) error {
	var data bytes.Buffer
	plain := json.NewEncoder(&data)
	plain.SetEscapeHTML(false)
	if plain.Encode(material) != nil {
		return errNonsense
	}
	var answer chatAnswer
	err := c.post(ctx, "/chat/completions", chatRequest{
		Model: c.o.Model, Messages: []chatMessage{{"system", strings.TrimSpace(task)}, {"user", strings.TrimSpace(data.String())}},
	}, &answer, maxAnswer)
	if err != nil {
		return err
	}
	if len(answer.Choices) == 0 {
		return errNonsense
	}
	return readObject(answer.Choices[0].Message.Content, out)
}

// readObject reads the JSON object in a text. Models like to think aloud before
// it and to put it in a fence.
func readObject(text string, out any) error {
	if _, after, ok := strings.Cut(text, "</think>"); ok {
		text = after
	}
	from, to := strings.Index(text, "{"), strings.LastIndex(text, "}")
	if from < 0 || to < from || json.Unmarshal([]byte(text[from:to+1]), out) != nil {
		return errNonsense
	}
	return nil
}

// forStaff asks for a proposal within the client's time-out. Staff read that it
// failed, operators why.
func (c *Client) forStaff(ctx context.Context, ask func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	err := c.staff.do(ctx, ask)
	if err == nil || problem.KindOf(err) == problem.Unavailable {
		return err
	}
	return problem.New(problem.Unavailable, "assist.failed", "语言模型没有给出可用的回答，请稍后再试，或自行拟写。").Because(err)
}
