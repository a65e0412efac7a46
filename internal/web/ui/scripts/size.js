// Budgets: the chat goes onto other people's pages, and the console opens on old
// machines behind slow lines.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const zipped = (file) => gzipSync(readFileSync(`dist/${file}`), { level: 9 }).length

/** What a browser loads before the first view: the script of the page and what it names beforehand. */
const initial = [...readFileSync('dist/console.html', 'utf8').matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((m) => m[1])

let tooMuch = false
for (const [name, files, most] of [
  ['dist/widget.js', ['widget.js'], 40 * 1024],
  ['scripts of the console before its first view', initial, 350 * 1024],
]) {
  const size = files.reduce((sum, file) => sum + zipped(file), 0)
  console.log(`${name}: ${size} bytes gzipped, at most ${most}`)
  tooMuch ||= size > most || files.length === 0
}
if (tooMuch) process.exit(1)
