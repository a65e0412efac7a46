package server

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/limit"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

const (
	captchaLife  = 10 * time.Minute
	captchaField = "captcha-answer" // of every form that may ask
	nonceSize    = 12
	macSize      = 16
	numerals     = "零一二三四五六七八九"
)

// captcha asks a question where the limiter's softer bound is passed. It slows
// down programs that repeat a request blindly; the rate itself is what holds.
//
// The question is to copy four numerals, as words: a screen reader reads them,
// they may be pasted, nothing has to be seen, heard, remembered or worked out.
// So it is no cognitive test in the sense of WCAG 3.3.8, even at sign-in.
//
// Nothing is remembered of who was asked: the token carries a mark of the right
// answer that only this desk can make, and the limiter lets each pass once.
type captcha struct {
	key     []byte
	limiter limit.Limiter
	now     func() time.Time
}

// CaptchaQuestion is what a client shows before it sends its request again.
type CaptchaQuestion struct {
	Token     string    `json:"token" doc:"goes back in the header Captcha-Token"`
	Text      string    `json:"text" example:"请照着填写：七三零五" doc:"the question, for people and for programs that read to them"`
	ExpiresAt time.Time `json:"expires_at"`

	words string
}

func newCaptcha(key []byte, limiter limit.Limiter, now func() time.Time) *captcha {
	if len(key) == 0 {
		key = []byte(rand.Text())
	}
	return &captcha{key: key, limiter: limiter, now: now}
}

// question is a new one.
func (q *captcha) question() *CaptchaQuestion {
	var token [nonceSize + 8]byte
	_, _ = rand.Read(token[:nonceSize]) // never fails
	expires := q.now().Add(captchaLife)
	binary.BigEndian.PutUint64(token[nonceSize:], uint64(expires.Unix())) //nolint:gosec // after 1970
	var raw [4]byte
	_, _ = rand.Read(raw[:])
	var answer, words []rune
	for _, b := range raw {
		n := rune(b % 10)
		answer, words = append(answer, '0'+n), append(words, []rune(numerals)[n])
	}
	return &CaptchaQuestion{
		Token: base64.RawURLEncoding.EncodeToString(append(token[:], q.mac(token[:], string(answer))...)),
		Text:  "请照着填写：" + string(words), ExpiresAt: expires.UTC().Truncate(time.Second), words: string(words),
	}
}

func (q *captcha) mac(token []byte, answer string) []byte {
	h := hmac.New(sha256.New, q.key)
	h.Write(token)
	h.Write([]byte(answer))
	return h.Sum(nil)[:macSize]
}

// right reports whether answer is that to the question of token, for the first
// time and soon enough.
func (q *captcha) right(ctx context.Context, token, answer string) (bool, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != nonceSize+8+macSize {
		return false, nil //nolint:nilerr // whatever that is, it is no answer
	}
	asked, mark := raw[:nonceSize+8], raw[nonceSize+8:]
	late := binary.BigEndian.Uint64(asked[nonceSize:]) < uint64(q.now().Unix()) //nolint:gosec // after 1970
	if late || !hmac.Equal(mark, q.mac(asked, copied(answer))) {
		return false, nil
	}
	d, err := q.limiter.Allow(ctx, "captcha/"+hex.EncodeToString(asked[:nonceSize]), limit.Rate{Count: 1, Period: captchaLife})
	if err != nil {
		return false, problem.New(problem.Unavailable, "rate.unavailable", "系统繁忙，请稍后再试。").Because(err)
	}
	return d.Allowed, nil
}

// copied is an answer in plain digits, however it was typed or pasted.
func copied(answer string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '〇':
			return '0'
		}
		for n, word := range []rune(numerals) {
			if r == word {
				return '0' + rune(n)
			}
		}
		return -1
	}, answer)
}

// slowsDown reports whether requests of a class are asked a question once they
// come often: those that fill the desk, and those by which secrets are guessed.
func slowsDown(k class) bool { return k == writes || k == lookups || k == signIns }

// soft reports whether less than a third of a rate is left.
func soft(d limit.Decision, rate limit.Rate) bool { return d.Remaining < rate.Count/3 }

// unanswered reports whether a request lacks the answer it needs, and counts it.
func (s *Server) unanswered(ctx context.Context, token, answer string) (bool, error) {
	if !callerOf(ctx).hurried {
		return false, nil
	}
	right, err := s.captcha.right(ctx, token, answer)
	if right || err != nil {
		return false, err
	}
	s.metrics.limited.WithLabelValues("captcha").Inc()
	return true, nil
}

// unasked is the problem with a request of the API that came without the answer
// it needs. The chat on other sites is not asked: a conversation is slowed down
// by limits of its own.
func (s *Server) unasked(c *gin.Context, d door) error {
	if d.embed || !strings.HasPrefix(d.path, "/api/") {
		return nil
	}
	if needed, err := s.unanswered(c.Request.Context(), c.GetHeader("Captcha-Token"), c.GetHeader("Captcha-Answer")); !needed || err != nil {
		return err
	}
	return s.asks(c.Request.Context())
}

// asks is the problem that comes with a question.
func (s *Server) asks(ctx context.Context) *Problem {
	p := newProblem(ctx, http.StatusTooManyRequests, "captcha.needed", "操作有点频繁，请回答问题后再提交一次。")
	p.Captcha = s.captcha.question()
	return p
}

// slowed is the problem with a form that came without the answer it needs. It is
// called once the form has been read, so that nothing typed is lost.
func (s *Server) slowed(ctx context.Context, value func(string) string) (portal.Problems, error) {
	if needed, err := s.unanswered(ctx, value("captcha"), value(captchaField)); !needed || err != nil {
		return nil, err
	}
	message := "操作有点频繁。您填的内容都还在，请照着填写四个字，再提交一次。"
	if value("captcha") != "" {
		message = "四个字填得不对，或者过了十分钟。请照着新的再填一次。"
	}
	return portal.Problems{{Field: captchaField, Message: message}}, nil
}

// posted reads a small form's fields.
func posted(c *gin.Context) func(string) string {
	return func(name string) string { return field(c, name) }
}

// held keeps a form back that needs the answer to a question first: it is shown
// again, or the failure is. It reports whether it has answered.
func (p *publicPages) held(c *gin.Context, value func(string) string, again func(status int, found portal.Problems)) bool {
	found, err := p.slowed(c.Request.Context(), value)
	switch {
	case err != nil:
		p.fail(c, err)
	case len(found) > 0:
		again(http.StatusTooManyRequests, found)
	default:
		return false
	}
	return true
}

// question is what a form asks when it is shown again to somebody in a hurry;
// nil: nothing.
func (s *Server) question(ctx context.Context) *portal.Question {
	if !callerOf(ctx).hurried {
		return nil
	}
	q := s.captcha.question()
	return &portal.Question{Token: q.Token, Words: q.words}
}
