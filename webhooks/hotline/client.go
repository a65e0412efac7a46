package hotline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer is how much of an answer is read.
const maxAnswer = 4 << 20

// Client asks a platform.
type Client struct {
	Platform *Platform
	HTTP     *http.Client // follows nothing, and reaches only what it may
	Base     *url.URL     // what all paths are below
}

// NewClient checks the address of a platform.
func NewClient(p *Platform, client *http.Client, base string) (*Client, error) {
	u, err := url.Parse(strings.TrimSuffix(base, "/"))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("hotline: the address of a platform is a URL without user, query and fragment")
	}
	return &Client{Platform: p, HTTP: client, Base: u}, nil
}

// Send asks op of the platform. That it was not, or nobody knows, is an answer too;
// an error is an operation that can not be asked at all.
func (c *Client) Send(ctx context.Context, op *Op, now time.Time) (Answer, error) {
	r, err := c.Platform.Ask(ctx, c.Base.Path, op, now)
	if errors.Is(err, errNoToken) {
		return Answer{Outcome: Later}, nil
	}
	if err != nil {
		return Answer{}, err
	}
	status, header, body, err := c.do(ctx, r, now)
	if err != nil {
		return Answer{}, nil //nolint:nilerr // it may have arrived all the same
	}
	return c.Platform.answer(status, header, body), nil
}

// Orders asks which orders are open.
func (c *Client) Orders(ctx context.Context, now time.Time) ([]Listed, error) {
	path, body, err := c.Platform.Dialect.Query()
	if err != nil {
		return nil, err
	}
	r, err := c.Platform.post(ctx, c.Base.Path+path, body, now)
	if err != nil {
		return nil, err
	}
	status, _, answer, err := c.do(ctx, r, now)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("hotline: the list of open orders: status %d", status)
	}
	return c.Platform.Dialect.Listed(answer)
}

// renewer is a [Lock] whose keys wear out.
type renewer interface{ Renew() }

// unwrapper is a [Lock] that answers are under as well.
type unwrapper interface {
	Unwrap(body []byte, now time.Time) ([]byte, error)
}

// do sends r, once more where only a key had worn out.
func (c *Client) do(ctx context.Context, r Request, now time.Time) (int, http.Header, []byte, error) {
	status, header, body, err := c.once(ctx, r)
	if lock, can := c.Platform.Lock.(renewer); can && err == nil && status == http.StatusUnauthorized {
		lock.Renew()
		if err = c.Platform.Lock.Seal(ctx, &r, now); err != nil {
			return status, header, body, nil //nolint:nilerr // the first answer stands
		}
		status, header, body, err = c.once(ctx, r)
	}
	if lock, can := c.Platform.Lock.(unwrapper); can && err == nil && status == http.StatusOK {
		body, err = lock.Unwrap(body, now)
	}
	return status, header, body, err
}

func (c *Client) once(ctx context.Context, r Request) (int, http.Header, []byte, error) {
	to := *c.Base
	to.Path, to.RawQuery = r.Path, r.Query
	return exchange(ctx, c.HTTP, to.String(), r)
}

func exchange(ctx context.Context, client *http.Client, to string, r Request) (int, http.Header, []byte, error) {
	q, err := http.NewRequestWithContext(ctx, r.Method, to, bytes.NewReader(r.Body))
	if err != nil {
		return 0, nil, nil, err
	}
	q.Header = r.Header
	answer, err := client.Do(q)
	if err != nil {
		return 0, nil, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	return answer.StatusCode, answer.Header, body, errors.Join(err, answer.Body.Close())
}
