package main

// workOnATicket dispatches a letter from its own page: what will happen is told
// before.
func workOnATicket(b *tab) {
	number, _ := b.site.letter()
	b.open("/console/tickets/" + number)
	b.has(".clock .face")
	// What the desk notes of letters like it changes the ticket a moment later; the page waits to be asked for it.
	b.until("what the desk found", `document.querySelector('main').innerText.includes('系统发现') || (document.querySelector('.where [role="status"] button')?.click(), false)`)
	b.accessible("console, a ticket")
	b.click(".clock .face")
	b.has(".clock .why .days")
	b.accessible("console, how a date came about")
	b.shot("console-ticket")
	b.presses("\x1b", "d")
	b.has(`.move-form input[type="radio"]`)
	b.picks(`.move-form input[type="radio"]`)
	b.until("what will happen", `document.querySelector('.preview')?.innerText.includes('待签收')`)
	b.accessible("console, a move before it is made")
	b.shot("console-move")
	b.fill("#move-note", "请尽快修复。")
	b.click(`.move-form button[type="submit"]:not([disabled])`)
	b.until("the dispatch", `!document.querySelector('.move-form') && ['待签收', '请尽快修复。'].every((s) => document.querySelector('main').innerText.includes(s))`)
}
