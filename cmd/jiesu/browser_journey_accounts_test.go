package main

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
)

func accounts(t *testing.T, j *journeys) {
	t.Helper()
	b := j.citizen(t)
	b.do(chromedp.EmulateViewport(1440, 900))
	lookAfterAnAccount(b)
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

// lookAfterAnAccount adds somebody, who signs in with the drawn password and has to
// change it, and is out at once when the account is disabled.
func lookAfterAnAccount(b *tab) {
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
	b.picks(`input[value="handler"]`)
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

	b.signsIn("lisi", drawn)
	b.shows("请先换成只有您知道的")
	b.fill("#old", drawn)
	b.fill("#fresh", ownPassword)
	b.fill("#again", ownPassword)
	b.presses("\r")
	b.signsIn("lisi", ownPassword)
	b.has(".brand")
	var id string
	for _, u := range list(b.t, b.site.call(http.MethodGet, "/api/v1/staff/users", admin, "")["users"]) {
		if u["login"] == "lisi" {
			id = fmt.Sprint(u["id"])
		}
	}
	b.site.send(http.MethodPost, "/api/v1/staff/users/"+id, admin, `{"version":1,"name":"李四","unit":"traffic","roles":["handler"],"disabled":true}`)
	b.presses("g", "n")
	b.has("#login")
	b.signsIn("lisi", ownPassword)
	b.shows("账号或密码不正确")
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
