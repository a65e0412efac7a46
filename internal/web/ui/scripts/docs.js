// The API reference: our page and the component it uses, as local files.
import { cpSync, mkdirSync, rmSync } from 'node:fs'

rmSync('dist/docs', { recursive: true, force: true })
mkdirSync('dist/docs', { recursive: true })
cpSync('docs/index.html', 'dist/docs/index.html')
cpSync('docs/docs.css', 'dist/docs/docs.css')
cpSync('node_modules/rapidoc/dist/rapidoc-min.js', 'dist/docs/rapidoc-min.js')
cpSync('node_modules/rapidoc/dist/rapidoc-min.js.LICENSE.txt', 'dist/docs/rapidoc-min.js.LICENSE.txt')
