package main

// at opens a page of the console as somebody who has joined, in a browser of their own.
func (b *tab) at(open opener, token, path string) *tab {
	b.t.Helper()
	other := newTab(b.t, open, b.site, b.axe)
	other.open("/console/sign-in")
	other.read(`document.cookie = 'jiesu_session=` + token + `; path=/'`)
	other.open(path)
	return other
}

// saves writes the reply and saves it with the first outcome there is.
func (b *tab) saves(text string) {
	b.t.Helper()
	b.has("#reply-text")
	b.fill("#reply-text", text)
	b.picks("#reply-outcome")
	b.has(".el-select-dropdown__item")
	b.picks(".el-select-dropdown__item")
	b.until("an outcome", `document.querySelector('#reply-outcome').closest('.el-select').innerText.includes('已解决')`)
	b.read(`([...document.querySelectorAll('main button')].find((b) => b.innerText.trim() === '保存').click(), '')`)
}

// writeTogether lets two tabs write the same reply while a third person looks on:
// each sees who is there, and no text is lost.
func writeTogether(b *tab, open opener) {
	writer, reader := b.site.join("writer", "traffic", "handler"), b.site.join("reader", "traffic", "head")
	number, _ := b.site.letter()
	b.site.move(b.site.signIn("taskforce2"), number, `{"move":"dispatch","unit":"traffic"}`)
	b.site.move(writer, number, `{"move":"sign"}`)
	path := "/console/tickets/" + number

	me, other := b.at(open, writer, path), b.at(open, reader, path)
	me.has("#reply-text")
	me.shows("新来的reader正在看")
	me.picks(".help summary")
	me.picks(".help .entries button")
	me.until("the entry in the reply", `document.querySelector('#reply-text').value.length > 20 && document.querySelector('.quotes')`)
	me.accessible("console, a reply with what is beside it")
	me.shot("console-reply")
	other.shows("新来的writer正在起草答复")
	other.accessible("console, a ticket somebody writes to")
	other.open("/console/deadlines")
	me.until("nobody else there", `!document.querySelector('main').innerText.includes('新来的reader')`)

	twin := b.at(open, writer, path)
	twin.saves("信号灯已经修好。")
	twin.shows("第 1 稿")
	me.takes("main button", "有新的变化")
	me.has(".conflict")
	me.until("both texts", `document.querySelector('.conflict').innerText.includes('信号灯已经修好') && document.querySelector('#reply-text').value.length > 20`)
	me.accessible("console, two replies")
	me.shot("console-reply-conflict")
	me.picks(".conflict .el-button--primary")
	me.until("both in one", `!document.querySelector('.conflict') && document.querySelector('#reply-text').value.includes('信号灯已经修好。') && document.querySelector('#reply-text').value.length > 30`)
	me.read(`([...document.querySelectorAll('main button')].find((b) => b.innerText.trim() === '保存').click(), '')`)
	me.shows("第 2 稿")
}
