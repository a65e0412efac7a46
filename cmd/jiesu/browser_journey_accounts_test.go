package main

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"
)

func accounts(t *testing.T, j *journeys) {
	t.Helper()
	b := j.citizen(t)
	b.do(chromedp.EmulateViewport(1440, 900))
	lookAfterAnAccount(b, j.ahead)
	readTheTrail(b)
}

// signsIn signs somebody in where the form is shown.
func (b *tab) signsIn(login, password string) {
	b.t.Helper()
	b.has("#login")
	b.fill("#login", login)
	b.fill("#password", password)
	b.presses("\r")
}

// lookAfterAnAccount adds somebody whom the security administrator gives a role, who
// signs in with the drawn password and has to change it, enrols a second factor, and is
// out at once when the account is disabled.
func lookAfterAnAccount(b *tab, ahead time.Duration) {
	admin := b.site.signIn("admin")
	b.open("/console/users")
	b.signsIn("admin", ownPassword)
	b.has(`[aria-label="修改：系统管理员"]`)
	b.accessible("console, accounts")
	b.shot("console-users")
	b.takes(".el-button", "新增账号")
	b.has("#account-login")
	b.fill("#account-login", "lisi")
	b.fill("#account-name", "李四")
	b.chooses("#account-unit", "交警支队")
	b.shows("角色由安全保密管理员授予")
	b.accessible("console, a new account")
	b.shot("console-user")
	b.takes(".el-dialog .el-button--primary", "新增")
	b.has("#drawn")
	b.accessible("console, a drawn password")
	drawn := b.read(`document.querySelector('#drawn').innerText`)
	b.takes(".el-button", "已经记下")
	b.has(`[aria-label="停用：李四"]`)
	b.click(".who .me")
	b.shows("这台设备")
	b.accessible("console, the own account")
	b.shot("console-account")
	b.takes(".who button", "退出")
	id := b.site.gives("lisi", "handler")

	b.signsIn("lisi", drawn)
	b.shows("请先换成只有您知道的")
	b.fill("#old", drawn)
	b.fill("#fresh", ownPassword)
	b.fill("#again", ownPassword)
	b.presses("\r")
	b.signsIn("lisi", ownPassword)
	b.has(".brand")
	provesWithATelephone(b, ahead)
	b.site.send(http.MethodPost, "/api/v1/staff/users/"+id, admin, `{"version":2,"name":"李四","unit":"traffic","roles":["handler"],"disabled":true}`)
	b.presses("g", "n")
	b.has("#login")
	b.signsIn("lisi", ownPassword)
	b.shows("账号或密码不正确")
}

// gives is what the security administrator does with a new account.
func (h *site) gives(login, role string) (id string) {
	h.t.Helper()
	security := h.signIn("security")
	for _, u := range list(h.t, h.call(http.MethodGet, "/api/v1/staff/users", security, "")["users"]) {
		if u["login"] == login {
			id = fmt.Sprint(u["id"])
			h.send(http.MethodPost, "/api/v1/staff/users/"+id, security, fmt.Sprintf(`{"version":1,"name":%q,"unit":%q,"roles":[%q]}`, u["name"], u["unit"], role))
		}
	}
	return id
}

// provesWithATelephone enrols a second factor, and signs in with it.
func provesWithATelephone(b *tab, ahead time.Duration) {
	b.click(".who .me")
	b.takes(".el-button", "启用二次验证")
	b.has("#factor-password")
	b.fill("#factor-password", ownPassword)
	b.presses("\r")
	b.has("#secret")
	b.accessible("console, a second factor")
	b.shot("console-factor")
	code, err := totp.GenerateCode(b.read(`document.querySelector('#secret').innerText`), time.Now().Add(ahead))
	must(b.t, err)
	b.fill("#factor-code", code)
	b.presses("\r")
	b.has(".codes")
	b.accessible("console, codes for recovery")
	recovery := b.read(`document.querySelector('.codes code').innerText`)
	b.takes(".el-button", "已经记下")
	b.shows("恢复码还剩 10 个")
	b.takes(".who button", "退出")
	b.signsIn("lisi", ownPassword)
	b.has("#code")
	b.accessible("console, the second step")
	b.shot("console-code")
	b.fill("#code", recovery)
	b.presses("\r")
	b.has(".brand")
}

func list(t *testing.T, v any) (objects []map[string]any) {
	t.Helper()
	all, _ := v.([]any)
	for _, o := range all {
		object, ok := o.(map[string]any)
		if !ok {
			t.Fatalf("%v is no object", o)
		}
		objects = append(objects, object)
	}
	return objects
}

// readTheTrail finds what was done with the account, and checks that the trail is whole.
func readTheTrail(b *tab) {
	b.site.signIn("auditor")
	b.open("/console/audit?subject=lisi&actor=staff")
	b.signsIn("auditor", ownPassword)
	b.until("what was done with the account", `['账号：新增', '账号：本人改密码', '账号：修改'].every((w) => [...document.querySelectorAll('.list button')].some((e) => e.innerText === w))`)
	b.takes(".list button", "账号：修改")
	b.shows("交警支队")
	b.takes(".el-button", "现在核验")
	b.until("a whole trail", `document.querySelector('.card .tag.green')?.innerText === '没有发现改动' && !document.querySelector('.card .el-progress')`)
	b.accessible("console, the trail")
	b.shot("console-audit")
	b.do(chromedp.EmulateViewport(1024, 800))
	b.fits("console, the trail")
	b.do(chromedp.EmulateViewport(1440, 900))
	b.takes(".who button", "退出")
	b.has("#login")
}
