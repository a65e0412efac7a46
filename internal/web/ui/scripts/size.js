// The chat goes onto other people's pages: it must stay small.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const most = 40 * 1024
const size = gzipSync(readFileSync('dist/widget.js'), { level: 9 }).length
console.log(`dist/widget.js: ${size} bytes gzipped, at most ${most}`)
if (size > most) process.exit(1)
