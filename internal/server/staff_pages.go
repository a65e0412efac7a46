package server

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"jiesu/internal/access"
	"jiesu/internal/problem"
	"jiesu/internal/web/portal"
)

// staffHome is where the pages of staff begin; below it lie the others.
const (
	staffHome       = "/staff"
	signInPage      = "/staff/sign-in"
	passwordPage    = "/staff/password"
	explainPage     = "/staff/explain"
	labelsPage      = "/staff/labels"
	answersPage     = "/staff/answers"
	watchPage       = "/staff/supervision"
	scoresPage      = "/staff/scores"
	reviewsPage     = "/staff/reviews"
	reportsPage     = "/staff/reports"
	callsPage       = "/staff/callbacks"
	appealsPage     = "/staff/appeals"
	signalsPage     = "/staff/signals"
	libraryPage     = "/staff/library"
	gapsPage        = "/staff/gaps"
	disclosuresPage = "/staff/replies"
	staffOrdersPage = "/staff/orders"
	phonePage       = "/staff/calls"
	hotlinesPage    = "/staff/hotlines"
	inboxPage       = "/staff/inbox"
	deliveriesPage  = "/staff/deliveries"
	importsPage     = "/staff/imports"
	signOutAction   = "/staff/sign-out"
)

// staffPages serves the few pages of editors. They work without JavaScript; a
// session is the same as the API's.
type staffPages struct{ *Server }

// staffPage is a page for whoever has signed in.
type staffPage struct {
	method, path string
	handler      gin.HandlerFunc
}

func (s *Server) staffRoutes(r gin.IRouter) {
	p := staffPages{s}
	p.phonePages(r)
	r.GET(signInPage, p.signInForm)
	r.POST(signInPage, p.signIn)
	r.POST(signOutAction, p.signOut)
	r.GET(passwordPage, p.passwordForm)
	r.POST(passwordPage, p.changePassword)
	for _, route := range append(p.channelPages(), []staffPage{
		{http.MethodGet, staffHome, p.home},
		{http.MethodGet, explainPage, p.explainForm},
		{http.MethodPost, explainPage, p.explain},
		{http.MethodGet, labelsPage, p.labels},
		{http.MethodPost, labelsPage, p.correct},
		{http.MethodPost, labelsPage + "/:id", p.decide},
		{http.MethodGet, answersPage, p.answers},
		{http.MethodGet, answersPage + ".csv", p.answersTable},
		{http.MethodGet, watchPage, p.supervision},
		{http.MethodGet, scoresPage, p.scores},
		{http.MethodGet, reviewsPage, p.reviews},
		{http.MethodGet, reviewsPage + "/new", p.newText},
		{http.MethodPost, reviewsPage + "/new", p.draftText},
		{http.MethodGet, reviewsPage + "/:id", p.review},
		{http.MethodGet, reviewsPage + "/:id/edit", p.editText},
		{http.MethodPost, reviewsPage + "/:id/edit", p.saveText},
		{http.MethodPost, reviewsPage + "/:id", p.moveReview},
		{http.MethodGet, reviewsPage + "/:id/form/:n", p.reviewForm},
		{http.MethodGet, reportsPage, p.reports},
		{http.MethodGet, callsPage, p.calls},
		{http.MethodGet, callsPage + "/:id", p.call},
		{http.MethodPost, callsPage + "/:id", p.recordCall},
		{http.MethodPost, callsPage + "/:id/contact", p.callContact},
		{http.MethodPost, appealsPage, p.fileAppeal},
		{http.MethodPost, appealsPage + "/:id", p.decideAppeal},
		{http.MethodGet, signalsPage, p.signals},
		{http.MethodGet, signalsPage + "/:id", p.signal},
		{http.MethodPost, signalsPage + "/:id", p.moveSignal},
		{http.MethodGet, libraryPage, p.shelf},
		{http.MethodPost, libraryPage, p.shelf},
		{http.MethodPost, libraryPage + "/import", p.importShelf},
		{http.MethodGet, libraryPage + "/:id", p.shelfEntry},
		{http.MethodPost, libraryPage + "/:id", p.actOnEntry},
		{http.MethodGet, staffOrdersPage, p.orders},
		{http.MethodPost, staffOrdersPage + "/import", p.importOrdersPage},
		{http.MethodPost, staffOrdersPage + "/push", p.pushOrderPage},
		{http.MethodGet, staffOrdersPage + "/export", p.exportOpsPage},
		{http.MethodGet, staffOrdersPage + "/form", p.orderForm},
		{http.MethodGet, staffOrdersPage + "/:id", p.order},
		{http.MethodPost, staffOrdersPage + "/:id", p.moveOrderPage},
		{http.MethodGet, gapsPage, p.gaps},
		{http.MethodGet, gapsPage + "/:id", p.gap},
		{http.MethodPost, gapsPage + "/:id", p.moveGap},
		{http.MethodGet, gapsPage + "/:id/draft", p.proposeText},
		{http.MethodPost, gapsPage + "/:id/draft", p.draftForGap},
		{http.MethodGet, disclosuresPage, p.undisclosed},
		{http.MethodGet, disclosuresPage + "/:number", p.releasedReply},
		{http.MethodPost, disclosuresPage + "/:number", p.decideDisclosure},
		{http.MethodPost, disclosuresPage + "/:number/redactions", p.redactReply},
	}...) {
		r.Handle(route.method, route.path, p.ownPassword, route.handler)
	}
}

// ownPassword lets nobody work with a password somebody else knows.
func (p staffPages) ownPassword(c *gin.Context) {
	if callerOf(c.Request.Context()).user.MustChange {
		c.Abort()
		c.Redirect(http.StatusSeeOther, passwordPage)
		return
	}
	c.Next()
}

// toSignIn sends a browser without a session to the form. It reports false for
// everything else.
func toSignIn(c *gin.Context, err error) bool {
	path := c.Request.URL.Path
	if problem.KindOf(err) != problem.Unauthenticated || !wantsPage(c) || path != staffHome && !strings.HasPrefix(path, staffHome+"/") {
		return false
	}
	c.Abort()
	c.Redirect(http.StatusSeeOther, signInPage)
	return true
}

// show draws a page with the menu of what the caller may do.
func (p staffPages) show(c *gin.Context, status int, v portal.View) {
	large, err := c.Cookie(largeCookie)
	frame := portal.Frame{Large: err == nil && large == "1", Back: c.Request.URL.RequestURI()}
	if u := callerOf(c.Request.Context()).user; u.ID != "" {
		frame.Staff = u.Name
		frame.Menu = []portal.Link{{Path: staffHome, Name: "工作台"}}
		for _, t := range tilesOf(u) {
			frame.Menu = append(frame.Menu, portal.Link{Path: t.Path, Name: t.Name})
		}
	}
	if c.Request.Method != http.MethodGet {
		for begin, home := range map[string]string{labelsPage: labelsPage, libraryPage: libraryPage, callsPage: callsPage, appealsPage: callsPage, disclosuresPage: disclosuresPage, inboxPage: inboxPage, deliveriesPage: deliveriesPage, importsPage: importsPage, hotlinesPage: hotlinesPage, phonePage: phonePage + "/new", notificationsPage: notificationsPage, staffOrdersPage: staffOrdersPage} {
			if strings.HasPrefix(c.FullPath(), begin) {
				frame.Back = home
			}
		}
	}
	var page bytes.Buffer
	if err := p.pages.drawn.Render(&page, frame, v); err != nil {
		p.fail(c, err)
		return
	}
	c.Data(status, "text/html; charset=utf-8", page.Bytes())
}

// fail shows a failure where the caller was.
func (p staffPages) fail(c *gin.Context, err error) {
	w := p.problemOf(c.Request.Context(), err)
	if !wantsPage(c) || w.Status == http.StatusInternalServerError { // which drawing may have caused
		p.Server.fail(c, w)
		return
	}
	c.Abort()
	p.show(c, w.Status, portal.Failure{Status: w.Status, Heading: failureHeading(w.Status), Text: w.Detail, Request: w.RequestID})
}

// refusal is what to show over a form whose act was refused; false where there
// is nothing to mend.
func (s *Server) refusal(ctx context.Context, err error) (portal.Problems, bool) {
	w := s.problemOf(ctx, err)
	switch problem.KindOf(err) {
	case problem.Invalid, problem.Conflict, problem.Denied:
		problems := portal.Problems{{Message: "没有办成：" + w.Detail}}
		for _, e := range w.Errors {
			if e.Message != w.Detail {
				problems = append(problems, portal.FieldError{Message: e.Message})
			}
		}
		return problems, true
	case problem.NotFound, problem.TooLarge, problem.Unsupported, problem.Unauthenticated, problem.Limited, problem.Unavailable, problem.Internal:
	}
	return nil, false
}

// mendable is what a form shows of err: beside its fields, or over all of them. It
// reports false where nothing can be mended there.
func (s *Server) mendable(ctx context.Context, err error, fieldOf func(pointer string) string) (portal.Problems, bool) {
	if problems, ok := fieldProblems(err, fieldOf); ok {
		return problems, true
	}
	return s.refusal(ctx, err)
}

// tilesOf is what u may do on these pages.
func tilesOf(u access.User) []portal.Tile {
	g := access.GrantOf(u)
	var tiles []portal.Tile
	if g.Edit {
		tiles = append(tiles,
			portal.Tile{Path: explainPage, Name: "为什么这样答", Hint: "输入一个问题，看候选条目、得分和原因。"},
			portal.Tile{Path: labelsPage, Name: "问题标注", Hint: "确认或者不采用群众反馈和经办人更正。"})
	}
	if g.Figures {
		tiles = append(tiles, portal.Tile{Path: answersPage, Name: "每周情况", Hint: "按类别看问了多少、答了多少、有没有用。"})
	}
	if g.Edit || g.Drafts != "" || g.Scope == "*" {
		tiles = append(tiles, portal.Tile{Path: gapsPage, Name: "群众反复问的问题", Hint: "看问答库没有答好、很多人在问的问题，哪些已经成为二次解读的任务。"})
	}
	if g.Reviews || g.Drafts != "" {
		tiles = append(tiles, portal.Tile{Path: reviewsPage, Name: "审核发布", Hint: "看等我审核、校对的稿件，逐项确认或者退回；打印保密审查表。"})
	}
	if g.Scope != "" && g.Drafts != "" {
		tiles = append(tiles, portal.Tile{Path: disclosuresPage, Name: "答复公开", Hint: "决定哪些答复公开、为什么，逐处确认要隐去的内容。"})
	}
	tiles = append(tiles, phoneTiles(&g)...)
	if g.Call || g.Appeal || g.Judge {
		tiles = append(tiles, portal.Tile{Path: callsPage, Name: "回访和申诉", Hint: "给来信人打电话，记下评价和下一步；对评价提出申诉，审定申诉。"})
	}
	if g.Orders {
		tiles = append(tiles, portal.Tile{Path: staffOrdersPage, Name: "12345工单", Hint: "看热线平台派来的工单，确认要报平台的内容，录入、导入和核对。"})
	}
	if g.Signals {
		tiles = append(tiles, portal.Tile{Path: signalsPage, Name: "弱信号", Hint: "看来信里可能发展成大事的苗头，签收、研判、应对和办结。"})
	}
	if g.Reviews || g.Publish || g.Drafts != "" {
		tiles = append(tiles, portal.Tile{Path: libraryPage, Name: "问答库管理", Hint: "按状态看问答，导入、导出，撤回有误的版本，登记文件废止。"})
	}
	tiles = append(tiles, channelTiles(&g)...)
	if g.Watch {
		tiles = append(tiles,
			portal.Tile{Path: watchPage, Name: "督办情况", Hint: "按单位看在办、超期、催办、督办和红黄牌，列出来信，下载台账。"},
			portal.Tile{Path: scoresPage, Name: "考核与通报", Hint: "按月看各单位的按时、退单、重办、满意情况和通报。"},
			portal.Tile{Path: reportsPage, Name: "统计报表", Hint: "月报、季报、年报，每个数字都有算法和名单。"})
	}
	if g.Scope != "" {
		tiles = append(tiles, portal.Tile{Path: notificationsPage, Name: "通知方式", Hint: "等您办的事要不要另外发邮件，什么时候发。"})
	}
	return tiles
}

func (p staffPages) home(c *gin.Context) {
	u := callerOf(c.Request.Context()).user
	p.show(c, http.StatusOK, portal.Desk{Name: u.Name, Tiles: tilesOf(u)})
}

func (p staffPages) signInForm(c *gin.Context) {
	p.show(c, http.StatusOK, portal.SignIn{Changed: c.Query("changed") == "1"})
}

func (p staffPages) signIn(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx, login := c.Request.Context(), strings.ToLower(field(c, "login"))
	again := func(status int, found portal.Problems) {
		p.show(c, status, portal.SignIn{Login: login, Errors: found, Question: p.question(c.Request.Context())})
	}
	if p.pages.held(c, posted(c), again) {
		return
	}
	token, _, err := p.Server.signIn(ctx, login, c.Request.PostFormValue("password"))
	if err != nil {
		w := p.problemOf(ctx, err)
		if w.Status >= http.StatusInternalServerError {
			p.fail(c, w)
			return
		}
		status := w.Status
		if status == http.StatusUnauthorized { // a form to mend, not a challenge to a client
			status = http.StatusUnprocessableEntity
		}
		if wait := w.header.Get("Retry-After"); wait != "" {
			c.Header("Retry-After", wait)
		}
		again(status, portal.Problems{{Field: "login", Message: w.Detail}})
		return
	}
	http.SetCookie(c.Writer, sessionCookieOf(ctx, token))
	c.Redirect(http.StatusSeeOther, staffHome)
}

func (p staffPages) signOut(c *gin.Context) {
	ctx := c.Request.Context()
	if err := p.access.SignOut(ctx, callerOf(ctx).token); err != nil {
		p.fail(c, err)
		return
	}
	p.forget(c)
	c.Redirect(http.StatusSeeOther, signInPage)
}

// forget drops the session's cookie.
func (p staffPages) forget(c *gin.Context) {
	gone := sessionCookieOf(c.Request.Context(), "") //nolint:gosec // an empty cookie
	gone.MaxAge = -1
	http.SetCookie(c.Writer, gone)
}

func (p staffPages) passwordForm(c *gin.Context) {
	p.show(c, http.StatusOK, portal.Password{Must: callerOf(c.Request.Context()).user.MustChange})
}

func (p staffPages) changePassword(c *gin.Context) {
	if !p.pages.form(c) {
		return
	}
	ctx := c.Request.Context()
	u := callerOf(ctx).user
	err := p.attempt(ctx, u.ID)
	if err == nil {
		err = p.access.ChangePassword(ctx, u, c.Request.PostFormValue("old"), c.Request.PostFormValue("new"))
	}
	if problems, ok := fieldProblems(err, func(pointer string) string { return strings.TrimPrefix(pointer, "/") }); ok {
		p.show(c, http.StatusUnprocessableEntity, portal.Password{Must: u.MustChange, Errors: problems})
		return
	}
	if e, ours := errors.AsType[*problem.Error](err); ours && e.Kind == problem.Limited {
		p.show(c, http.StatusTooManyRequests, portal.Password{Must: u.MustChange, Errors: portal.Problems{{Field: "old", Message: e.Public}}})
		return
	}
	if err != nil {
		p.fail(c, err)
		return
	}
	p.forget(c) // every session ended
	c.Redirect(http.StatusSeeOther, signInPage+"?changed=1")
}
