import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { CSP } from './csp.ts';

// `vite build` makes the window's UI, which knows only the Tauri backend. `vite build --mode fake` makes the one
// for browsers, tests and pictures. `vite dev` holds both and takes Tauri's where a Tauri window loads it.
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  define: { __WITH_FAKE__: JSON.stringify(mode !== 'production') },
  build: {
    outDir: mode === 'fake' ? 'dist-fake' : 'dist',
    // The content security policy allows no data: address, so nothing may be inlined as one.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
  preview: { headers: { 'Content-Security-Policy': CSP } },
  server: { port: 1420, strictPort: true },
  clearScreen: false,
}));
