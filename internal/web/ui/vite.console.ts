import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// The screen of staff: one page, whose views are loaded when they are first
// opened. Names of files carry a hash, so that they can be kept for ever.
export default defineConfig({
  root: 'console',
  base: '/',
  plugins: [vue()],
  build: {
    outDir: '../dist',
    emptyOutDir: false,
    target: 'es2022',
    assetsDir: 'assets',
    assetsInlineLimit: 0, // the content policy allows no inline files but pictures
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { console: 'console/console.html' },
      output: { codeSplitting: { groups: [{ name: 'charts', test: /node_modules\/(echarts|zrender)/ }] } },
    },
  },
  server: { proxy: { '/api/v1': { target: 'http://127.0.0.1:8080', ws: true } } },
})
