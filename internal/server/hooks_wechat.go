package server

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"jiesu/internal/desk"
	"jiesu/internal/limit"
	"jiesu/webhooks/wechat"
)

// WeChatAccount is an account that WeChat's servers talk to us about.
type WeChatAccount struct {
	Callback *wechat.Account
	Mini     WeChatLogins // nil: an Official Account
}

// WeChatLogins asks WeChat's servers about whoever uses a mini program.
type WeChatLogins interface {
	Login(ctx context.Context, code string) (openID string, err error)
	PhoneNumber(ctx context.Context, code string) (string, error)
}

const (
	weChatPath   = "/webhooks/wechat/:account"
	maxWeChat    = 256 << 10       // bytes of a message
	weChatWithin = 4 * time.Second // WeChat hangs up after five
	weChatLate   = time.Second / 2 // to note that it gets its answer later
	weChatMark   = time.Second
)

// weChatRate is how often one person may write, as in the chat of the website.
func weChatRate() limit.Rate { return limit.PerMinute(30) }

const weChatTooFast = "消息发得太快，请稍等再发。"

func (s *Server) weChatRoutes(r gin.IRouter) {
	r.GET(weChatPath, s.checkWeChat)
	r.POST(weChatPath, s.hearWeChat)
	s.miniProgramRoutes()
}

// notWeChat is what everybody gets whom a check does not let in: a peer that
// guesses must not learn how close it was.
func (s *Server) notWeChat(c *gin.Context) {
	if err := s.withinRate(c.Request, refused); err != nil {
		s.fail(c, err)
		return
	}
	c.Abort()
	c.String(http.StatusForbidden, "forbidden")
}

func weChatQuery(c *gin.Context) wechat.Query {
	return wechat.Query{
		Signature: c.Query("signature"), MessageSignature: c.Query("msg_signature"), Timestamp: c.Query("timestamp"),
		Nonce: c.Query("nonce"), EncryptType: c.Query("encrypt_type"),
	}
}

// checkWeChat answers WeChat's check of the address.
func (s *Server) checkWeChat(c *gin.Context) {
	account, ok := s.weChat[c.Param("account")]
	if !ok {
		s.notWeChat(c)
		return
	}
	echo, err := account.Callback.Echo(weChatQuery(c), c.Query("echostr"), s.now())
	if err != nil {
		s.notWeChat(c)
		return
	}
	c.String(http.StatusOK, "%s", echo)
}

// hearWeChat takes a message. WeChat sends it again twice if it is not answered
// in time: however often it comes, it is one message and has one answer.
func (s *Server) hearWeChat(c *gin.Context) {
	name := c.Param("account")
	account, ok := s.weChat[name]
	if !ok {
		s.notWeChat(c)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxWeChat))
	if err != nil {
		s.fail(c, unreadBody(err))
		return
	}
	plain, err := account.Callback.Verified(weChatQuery(c), body, s.now())
	if err != nil {
		s.notWeChat(c)
		return
	}
	m, err := wechat.Read(plain)
	heard, key := weChatMessage(&m, plain), m.Key()
	if err != nil { // it is WeChat's all the same: it is kept for people
		sum := sha256.Sum256(plain)
		heard, key = desk.WeChatMessage{Type: desk.WeChatUnreadable, Raw: plain}, hex.EncodeToString(sum[:])
	}
	within, cancel := context.WithTimeout(c.Request.Context(), weChatWithin)
	defer cancel()
	if saysSomething(heard.Type) && !s.weChatAllowed(within, name, heard.OpenID) {
		s.replyWeChat(c, &account, &m, weChatTooFast)
		return
	}
	in, err := s.desk.ReceiveWeChat(within, name, key, heard)
	if err != nil {
		s.fail(c, err) // WeChat sends it again
		return
	}
	words, err := s.desk.AnswerWeChat(within, in)
	if err != nil { // it is stored
		s.answerLate(c.Request.Context(), in, err)
	}
	if words == "" || account.Mini != nil || !s.replyWeChat(c, &account, &m, words) {
		c.String(http.StatusOK, wechat.Received)
		return
	}
	s.weChatAnswered(c, in)
}

// answerLate has an answer sent that was not there in time. Should that not be
// stored either, it is sent once WeChat has given up asking.
func (s *Server) answerLate(ctx context.Context, in desk.Inbound, why error) {
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), weChatLate)
	defer cancel()
	why = errors.Join(why, s.desk.AnswerWeChatLate(noting, in))
	s.log.WarnContext(ctx, "a message on WeChat is answered later", "error", why)
}

// weChatAnswered notes that an answer is out. Should that not be stored, it is
// sent a second time: better than none.
func (s *Server) weChatAnswered(c *gin.Context, in desk.Inbound) {
	c.Writer.Flush()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), weChatMark)
	defer cancel()
	if err := s.desk.WeChatAnswered(ctx, in); err != nil {
		s.log.WarnContext(ctx, "an answer on WeChat may come twice", "error", err)
	}
}

// replyWeChat answers at once; it reports whether it did.
func (s *Server) replyWeChat(c *gin.Context, account *WeChatAccount, m *wechat.Message, words string) bool {
	if account.Mini != nil {
		c.String(http.StatusOK, wechat.Received)
		return true
	}
	reply, err := account.Callback.Reply(m, words, s.now(), rand.Reader)
	if err != nil {
		s.log.ErrorContext(c.Request.Context(), "a reply on WeChat was not made", "error", err)
		return false
	}
	c.Data(http.StatusOK, "text/plain; charset=utf-8", reply)
	return true
}

// saysSomething reports whether a message is what somebody may send too much of.
// What WeChat itself tells of them, such as that they have left, always counts.
func saysSomething(t desk.WeChatType) bool {
	return slices.Contains([]desk.WeChatType{desk.WeChatText, desk.WeChatVoice, desk.WeChatImage, desk.WeChatFilm, desk.WeChatRemark}, t)
}

func (s *Server) weChatAllowed(ctx context.Context, account, openID string) bool {
	who := sha256.Sum256([]byte(account + "\x00" + openID))
	d, err := s.limiter.Allow(ctx, "wechat/"+hex.EncodeToString(who[:]), weChatRate())
	return err != nil || d.Allowed // a limiter that does not work keeps nobody out
}
