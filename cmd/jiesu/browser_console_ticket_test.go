package main

// workOnATicket dispatches a letter from its own page: what will happen is told
// before, and what a colleague did meanwhile is seen before it is done.
func workOnATicket(b *tab) {
	number, _ := b.site.letter()
	b.open("/console/tickets/" + number)
	b.has(".clock .face")
	b.accessible("console, a ticket")
	b.click(".clock .face")
	b.has(".clock .why .days")
	b.accessible("console, how a date came about")
	b.shot("console-ticket")
	b.presses("\x1b", "d")
	b.has(`.move-form input[type="radio"]`)
	b.click(`.move-form input[type="radio"]`)
	b.until("what will happen", `document.querySelector('.preview')?.innerText.includes('待签收')`)
	b.accessible("console, a move before it is made")
	b.shot("console-move")
	b.fill("#move-note", "请尽快修复。")
	b.site.move(b.site.signIn("taskforce2"), number, `{"move":"note","note":"市民来电催问。"}`)
	b.presses("\r") // a new line of the note: a form is not sent by it
	b.click(`.move-form button[type="submit"]`)
	b.has(".move-form .changed")
	b.click(".move-form .changed button")
	b.click(`.move-form button[type="submit"]:not([disabled])`)
	b.until("the dispatch and the remark of the colleague", `!document.querySelector('.move-form') && ['待签收', '请尽快修复。', '市民来电催问。'].every((s) => document.querySelector('main').innerText.includes(s))`)
}
