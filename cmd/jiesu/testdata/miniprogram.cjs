// The example of a mini program against a real server, with a phone around it
// that loses answers, cuts connections without a word and starts anew.
const assert = require('node:assert')
const crypto = require('node:crypto')
const http = require('node:http')
const path = require('node:path')

const { Chat } = require(path.join(__dirname, '../../../deploy/examples/miniprogram/utils/chat.js'))
const [server, ...codes] = process.argv.slice(2)

// phone is the part of wx the example uses.
function phone() {
  const kept = new Map()
  return {
    lose: 0, // answers that never come back
    tasks: [],
    getStorageSync: (key) => JSON.parse(kept.get(key) || '""'),
    setStorageSync: (key, value) => kept.set(key, JSON.stringify(value)),
    showToast: ({ title }) => assert.fail(title),
    login: ({ success }) => success({ code: codes.shift() }),
    request({ url, method, header, data, success, fail }) {
      fetch(url, { method, headers: header, body: data && JSON.stringify(data) }).then(async (r) => {
        const text = await r.text()
        if (this.lose-- > 0) return fail({ errMsg: 'request:fail interrupted' })
        success({ statusCode: r.status, data: text && JSON.parse(text) })
      }, fail)
    },
    connectSocket(o) {
      this.tasks.push(socket(o))
      return this.tasks.at(-1)
    },
  }
}

// socket is a task of wx.connectSocket: text frames and no more.
function socket({ url, protocols }) {
  const on = {}
  let wire
  const r = http.request(url.replace(/^ws/, 'http'), { headers: {
    Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': 13, 'Sec-WebSocket-Key': crypto.randomBytes(16).toString('base64'), 'Sec-WebSocket-Protocol': protocols[0],
  } })
  r.on('upgrade', (answer, s, head) => {
    wire = s
    let had = head
    s.on('data', (more) => {
      for (had = Buffer.concat([had, more]); had.length >= 2;) {
        const short = had[1] & 127
        const start = short === 126 ? 4 : 2
        const size = short === 126 ? had.readUInt16BE(2) : short
        if (short === 127 || had.length < start + size) return
        if ((had[0] & 15) === 1) on.message?.({ data: had.subarray(start, start + size).toString() })
        had = had.subarray(start + size)
      }
    })
    s.on('close', () => on.close?.({ code: 1006 }))
    on.open?.()
  })
  r.on('error', () => on.error?.())
  r.end()
  return {
    onOpen: (f) => { on.open = f }, onMessage: (f) => { on.message = f }, onClose: (f) => { on.close = f }, onError: (f) => { on.error = f },
    send({ data }) {
      const body = Buffer.from(data)
      const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0xfe, body.length >> 8, body.length & 255])
      wire?.write(Buffer.concat([head, Buffer.alloc(4), body])) // masked with zeros
    },
    close: () => wire?.destroy(),
    vanish() { // the phone puts the app to sleep: nobody is told
      on.close = on.error = on.message = undefined
      wire?.destroy()
    },
  }
}

// until waits for what the server does in its own time.
async function until(what, done) {
  for (let n = 0; !done(); n++) {
    assert.ok(n < 600, what + ' did not happen')
    await new Promise((go) => setTimeout(go, 50))
  }
}

function whole(chat, said) {
  assert.deepStrictEqual(chat.messages.map((m) => m.seq), chat.messages.map((_, i) => i + 1), 'a gap, or one twice')
  const mine = chat.messages.filter((m) => m.from.role === 'user').map((m) => m.body.text)
  assert.deepStrictEqual(mine, said)
}

async function main() {
  const wx = phone()
  const chat = new Chat({ wx, server, account: 'mini' })
  const said = ['身份证丢了怎么补办？']
  await chat.say('text', { text: said[0] }) // before there is a session: it waits
  await chat.show()
  await until('the first answer', () => chat.messages.length === 2)
  whole(chat, said)

  said.push('护照怎么办？')
  wx.lose = 1 // stored, and the answer is lost
  await chat.say('text', { text: said[1] })
  assert.strictEqual(chat.outbox.length, 1)
  await until('the second try', () => chat.outbox.length === 0 && chat.messages.length === 4)
  whole(chat, said)

  await until('a connection', () => chat.task)
  wx.tasks.at(-1).vanish()
  const elsewhere = { 'Content-Type': 'application/json', Authorization: 'Bearer ' + chat.session.token, 'Idempotency-Key': 'tablet-1' }
  const url = `${server}/api/v1/chat/${chat.session.conversation}/messages`
  said.push('居住证怎么续签？')
  assert.strictEqual((await fetch(url, { method: 'POST', headers: elsewhere, body: JSON.stringify({ kind: 'text', body: { text: said[2] } }) })).status, 201)
  chat.hide()
  await chat.show()
  await until('what was missed', () => chat.messages.length === 6)
  whole(chat, said)

  const last = chat.messages.at(-1)
  await chat.take(last) // again
  await chat.take({ ...last, seq: last.seq + 5 }) // what comes before it is missing
  whole(chat, said)

  const tablet = new Chat({ wx: phone(), server, account: 'mini' }) // the same person: the token is a new one
  await tablet.show()
  await until('the history', () => tablet.messages.length === 6)
  tablet.hide()
  chat.hide()
  const again = new Chat({ wx, server, account: 'mini' }) // the app was ended; its token is an old one
  await again.show()
  await until('the history again', () => again.messages.length === 6)
  whole(again, said)
  await again.handOver({})
  await until('the receipt', () => again.messages.at(-1).kind === 'receipt')
  const { number, query_code: code } = again.messages.at(-1).body
  assert.strictEqual((await again.lookup(number, code)).number, number)
  again.hide()
  console.log(`resumed ${again.messages.length} messages, each once`)
}

main().then(() => process.exit(0), (e) => {
  console.error(e)
  process.exit(1)
})
