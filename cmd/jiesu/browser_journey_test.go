package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestJourneys goes whole ways in a real browser: citizens and the people of the
// desk, each in a browser of their own, on one installation, while lines are cut
// and the program is killed. Every journey begins where the desk is quiet.
func TestJourneys(t *testing.T) { //nolint:tparallel // one after the other: each kills the program under the others
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
		{"somebody asks, chooses and rates", citizenAsks},
		{"somebody leaves a letter, completes it and rates", citizenWrites},
		{"somebody reports without a name", citizenTips},
		{"a chat goes from the robot to people and becomes a ticket", chatDesk},
		{"a letter goes from the desk to a published reply", taskForce},
		{"who works when, and which number answers", administration},
		{"an entry is changed", library},
		{"what a letter warns of, and what many ask", signalsAndGaps},
		{"an account begins and ends, and the trail is whole", accounts},
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
	j.site.signIn(login)
	b := j.citizen(t)
	b.do(chromedp.EmulateViewport(1440, 900))
	b.open("/readyz") // nothing to load
	b.read(`(fetch('/api/v1/staff/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login: ` + quote(login) + `, password: ` + quote(ownPassword) + ` }) })
		.then((r) => { document.title = String(r.status); }), '')`)
	b.until("the session", `document.title === '201'`)
	return b
}

func (h *site) session(login, password string) (token string) {
	h.t.Helper()
	// From an address of its own: signing in many people is what tests do.
	from := fmt.Sprintf("X-Forwarded-For: 2001:db8:%x::1", h.doors.Add(1))
	body := fmt.Sprintf(`{"login":%q,"password":%q}`, login, password)
	var got struct{ Token string }
	must(h.t, json.Unmarshal(h.send(http.MethodPost, "/api/v1/staff/session", "", body, from), &got))
	return got.Token
}

// writes puts words behind what stands in a field, as a paste does.
func (b *tab) writes(field, words string) {
	b.t.Helper()
	b.has(field)
	b.read(`((e) => { e.focus(); e.setSelectionRange(e.value.length, e.value.length); return ''; })(document.querySelector(` + quote(field) + `))`)
	b.command(func() error {
		_, err := chromedp.Call(b.ctx, input.InsertText, input.InsertTextParams{Text: words})
		return err
	})
}

// chooses takes an option of a select by how it begins.
func (b *tab) chooses(field, words string) {
	b.t.Helper()
	b.has(field)
	b.read(`(document.querySelector(` + quote(field) + `).click(), '')`)
	b.takes(".el-select-dropdown__item", words)
}

// takes presses what can be seen and says so, wherever it is on its way to.
func (b *tab) takes(selector, words string) {
	b.t.Helper()
	b.holds(selector, words)
	b.read(`(window.held.click(), '')`)
}

// holds waits for something that can be pressed, and keeps it.
func (b *tab) holds(selector, words string) {
	b.t.Helper()
	b.until(selector+" "+words, `window.held = [...document.querySelectorAll(`+quote(selector)+`)].find((e) => e.getClientRects().length && !e.disabled && e.innerText.replace(/\s+/g, '').startsWith(`+quote(words)+`))`)
}

// reload reads the page again.
func reload() chromedp.Action[chromedp.Void] { return chromedp.Reload() }

// typed are keys pressed where the focus is.
func typed(text string) chromedp.Action[chromedp.Void] { return chromedp.KeyEvent(text) }

// cuts takes the network from the tab; mends gives it back.
func (b *tab) cuts() {
	b.t.Helper()
	b.conditions(network.Conditions{Offline: true})
	b.says(network.OverrideNetworkStateParams{Offline: true})
}

func (b *tab) mends() {
	b.t.Helper()
	b.conditions(network.Conditions{DownloadThroughput: -1, UploadThroughput: -1})
	b.says(network.OverrideNetworkStateParams{DownloadThroughput: -1, UploadThroughput: -1})
}

// says lets the browser tell the page of its network.
func (b *tab) says(state network.OverrideNetworkStateParams) {
	b.t.Helper()
	b.command(func() error {
		_, err := chromedp.Call(b.ctx, network.OverrideNetworkState, state)
		return err
	})
}

// steady fails where the page jumps while others do something and nobody touches it.
func (b *tab) steady(what string, meanwhile func()) {
	b.t.Helper()
	b.read(`(window.drawn = false, requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn = true; })), '')`)
	b.until("what came before to be drawn", `window.drawn`)
	b.read(`(window.jumps = [], window.watch = new PerformanceObserver((list) => window.jumps.push(...list.getEntries())), window.watch.observe({ type: 'layout-shift' }), '')`)
	meanwhile()
	if jumps := b.read(`(() => {
		window.jumps.push(...window.watch.takeRecords());
		window.watch.disconnect();
		return window.jumps.filter((e) => !e.hadRecentInput).map((e) => e.value.toFixed(4) + ' ' + e.sources.map((s) => {
			const n = s.node?.nodeType === 1 ? s.node : s.node?.parentElement;
			return (n?.tagName ?? '?') + '.' + (n?.className ?? '') + ' ' + JSON.stringify(s.previousRect) + JSON.stringify(s.currentRect);
		}).join('; ')).join('\n');
	})()`); jumps != "" {
		b.t.Errorf("%s: the page jumped\n%s", what, jumps)
	}
}
