package main

import "testing"

// chatDesk.
func chatDesk(t *testing.T, j *journeys) {
	c := j.citizen(t)
	c.open("/chat")
	c.say("我的驾驶证丢了")
	c.hears(2)
	c.cuts()
	c.say("第二句")
	c.t.Log(c.read(`(new Date()).toString() + ` + chatRoot + `.querySelector('.panel').innerText`))
	c.shot("chat-cut")
	c.until("the word of the broken line", chatRoot+`.querySelector('.state')?.innerText.includes('重新连接')`)
	c.mends()
	c.hears(4)
	one := j.clerk(t, "taskforce1")
	one.open("/console/chats")
	one.has(".desk")
	one.shot("chats")
}
