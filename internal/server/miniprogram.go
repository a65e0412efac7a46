package server

import (
	"context"
	"net/http"

	"jiesu/internal/problem"
	"jiesu/webhooks/wechat"
)

type weChatLoginInput struct {
	Account string `path:"account" maxLength:"64" doc:"its name in the configuration"`
	Body    struct {
		Code string `json:"code" minLength:"1" maxLength:"256" doc:"of wx.login"`
	}
}

type weChatPhoneInput struct {
	Account string `path:"account" maxLength:"64"`
	Body    struct {
		Conversation string `json:"conversation" maxLength:"64"`
		Code         string `json:"code" minLength:"1" maxLength:"256" doc:"of the phone button (getPhoneNumber)"`
	}
}

type weChatPhoneBody struct {
	Phone string `json:"phone" doc:"most of it masked; letters left in the conversation carry it"`
}

type weChatConsentInput struct {
	Account string `path:"account" maxLength:"64"`
	Body    struct {
		Conversation string   `json:"conversation" maxLength:"64"`
		Templates    []string `json:"templates" nullable:"false" maxItems:"3" doc:"those wx.requestSubscribeMessage says accept of"`
	}
}

func (s *Server) miniProgramRoutes() {
	register(s, operation{
		id: "wechat-session", method: http.MethodPost, path: "/api/v1/wechat/{account}/session", tag: "wechat", status: http.StatusCreated,
		summary:  "Log in to the mini program: the person's own conversation, with a new token and a pass for its socket",
		problems: []int{http.StatusUnauthorized, http.StatusNotFound, http.StatusServiceUnavailable},
	}, s.enterWeChat)
	register(s, operation{
		id: "wechat-phone", method: http.MethodPost, path: "/api/v1/wechat/{account}/phone", tag: "wechat", status: http.StatusOK,
		summary: "Keep the phone number WeChat has verified as the contact of what is left to the task force", audience: citizen,
		problems: []int{http.StatusNotFound, http.StatusServiceUnavailable},
	}, s.keepWeChatPhone)
	register(s, operation{
		id: "wechat-consent", method: http.MethodPost, path: "/api/v1/wechat/{account}/subscriptions", tag: "wechat", status: http.StatusNoContent,
		summary: "Tell which messages the person has just agreed to", audience: citizen, problems: []int{http.StatusNotFound},
	}, s.agreeWeChat)
}

// logins are those of an account that is a mini program.
func (s *Server) logins(account string) (WeChatLogins, error) {
	a, ok := s.weChat[account]
	if !ok || a.Mini == nil {
		return nil, problem.New(problem.NotFound, "wechat.account", "没有这个小程序。")
	}
	return a.Mini, nil
}

func (s *Server) enterWeChat(ctx context.Context, in *weChatLoginInput) (*body[passBody], error) {
	l, err := s.logins(in.Account)
	if err != nil {
		return nil, err
	}
	openID, err := l.Login(ctx, in.Body.Code)
	if err != nil {
		return nil, weChatFailure(err)
	}
	a, err := s.desk.EnterWeChat(ctx, in.Account, openID)
	return respond(passBody{Pass: a.Pass, Conversation: a.Conversation, Token: a.Token, ExpiresAt: shown(a.ExpiresAt)}, err)
}

func (s *Server) keepWeChatPhone(ctx context.Context, in *weChatPhoneInput) (*body[weChatPhoneBody], error) {
	l, err := s.logins(in.Account)
	if err != nil {
		return nil, err
	}
	if _, err := s.owned(ctx, in.Body.Conversation); err != nil { // before a code is spent
		return nil, err
	}
	phone, err := l.PhoneNumber(ctx, in.Body.Code)
	if err != nil {
		return nil, weChatFailure(err)
	}
	shown, err := s.desk.KeepWeChatPhone(ctx, in.Account, in.Body.Conversation, callerOf(ctx).bearer, phone)
	return respond(weChatPhoneBody{Phone: shown}, err)
}

func (s *Server) agreeWeChat(ctx context.Context, in *weChatConsentInput) (*struct{}, error) {
	if _, err := s.logins(in.Account); err != nil {
		return nil, err
	}
	if callerOf(ctx).bearer == "" {
		return nil, noToken()
	}
	return nil, s.desk.AgreeWeChat(ctx, in.Account, in.Body.Conversation, callerOf(ctx).bearer, in.Body.Templates)
}

// weChatFailure tells a code that is no good from servers that are not.
func weChatFailure(err error) error {
	if wechat.FailureOf(err) == wechat.BadCode {
		return problem.New(problem.Unauthenticated, "wechat.code", "微信登录没有成功，请重试。").Because(err)
	}
	return problem.New(problem.Unavailable, "wechat.unavailable", "暂时无法连接微信，请稍后再试。").Because(err)
}
