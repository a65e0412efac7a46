import { defineConfig } from 'vite'

// One classic script that needs nothing else, so that a single tag puts the
// chat on any site.
export default defineConfig({
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    target: ['chrome80', 'safari13.1', 'firefox78'],
    lib: { entry: 'widget/main.ts', name: 'jiesuChat', formats: ['iife'], fileName: () => 'widget.js' },
  },
})
