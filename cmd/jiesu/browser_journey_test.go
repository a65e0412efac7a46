package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestJourneys goes whole ways in a real browser: citizens and the people of the
// desk, each in a browser of their own, on one installation, while lines are cut
// and the program is killed. Every journey begins where the desk is quiet.
func TestJourneys(t *testing.T) {
	t.Parallel()
	chromium, axe := needs(t)
	monday := time.Date(2026, 6, 8, 9, 30, 0, 0, time.FixedZone("Beijing", 8*60*60)) // a working day: chats wait for people
	j := &journeys{open: browser(t, chromium), axe: axe, ahead: time.Until(monday)}
	now := filepath.Join(t.TempDir(), "clock")
	must(t, os.WriteFile(now, []byte(monday.Format(time.RFC3339)), 0o600))
	j.site = openSite(t, filepath.Join(storyProgram(t), "jiesu"), "JIESU_TEST_CLOCK="+now, "JIESU_RATE_LIMITS=false")
	for _, journey := range []struct {
		name string
		walk func(*testing.T, *journeys)
	}{
		{"a chat goes from the robot to people and becomes a ticket", chatDesk},
	} {
		t.Run(journey.name, func(t *testing.T) { journey.walk(t, j) })
	}
}

// journeys is what they share.
type journeys struct {
	site  *site
	open  opener
	axe   string
	ahead time.Duration // of the real clock
}

// citizen opens a browser whose clock is that of the installation.
func (j *journeys) citizen(t *testing.T) *tab {
	t.Helper()
	b := newTab(t, j.open, j.site, j.axe)
	b.command(func() error {
		_, err := chromedp.Call(b.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: `{
			const ahead = ` + strconv.FormatInt(j.ahead.Milliseconds(), 10) + `, real = Date;
			globalThis.Date = class extends real {
				constructor(...given) { given.length ? super(...given) : super(real.now() + ahead); }
				static now() { return real.now() + ahead; }
			};
		}`})
		return err
	})
	return b
}

// clerk opens a browser in which somebody of the desk has signed in.
func (j *journeys) clerk(t *testing.T, login string) *tab {
	t.Helper()
	j.site.own(login)
	b := j.citizen(t)
	b.do(chromedp.EmulateViewport(1440, 900))
	b.open("/console/sign-in")
	b.has("#login")
	b.fill("#login", login)
	b.fill("#password", ownPassword)
	b.presses("\r")
	b.has(".brand")
	return b
}

// own gives an account a password of its own, once, and signs it in to the API.
func (h *site) own(login string) (token string) {
	h.t.Helper()
	if token, ok := h.tokens.Load(login); ok {
		return fmt.Sprint(token)
	}
	first := h.firstPassword(login)
	h.send(http.MethodPost, "/api/v1/staff/password", h.session(login, first), fmt.Sprintf(`{"old":%q,"new":%q}`, first, ownPassword))
	token = h.session(login, ownPassword)
	h.tokens.Store(login, token)
	return token
}

func (h *site) session(login, password string) (token string) {
	h.t.Helper()
	return fmt.Sprint(h.call(http.MethodPost, "/api/v1/staff/session", "", fmt.Sprintf(`{"login":%q,"password":%q}`, login, password))["token"])
}

// chooses takes an option of a select by its words.
func (b *tab) chooses(field, words string) {
	b.t.Helper()
	b.has(field)
	b.read(`(document.querySelector(` + quote(field) + `).click(), '')`)
	b.takes(".el-select-dropdown__item", words)
}

// takes presses what can be seen and says just that, wherever it is on its way to.
func (b *tab) takes(selector, words string) {
	b.t.Helper()
	const find = `[...document.querySelectorAll(%s)].find((e) => e.getClientRects().length && !e.disabled && e.innerText.replace(/\s+/g, '').startsWith(%s))`
	b.until(selector+" "+words, `window.taken = `+fmt.Sprintf(find, quote(selector), quote(words)))
	b.read(`(window.taken.click(), '')`)
}

// cuts takes the network from the tab; mends gives it back.
func (b *tab) cuts()  { b.t.Helper(); b.conditions(network.Conditions{Offline: true}) }
func (b *tab) mends() { b.t.Helper(); b.conditions(network.Conditions{DownloadThroughput: -1, UploadThroughput: -1}) }
