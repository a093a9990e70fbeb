/**
 * How the page is built into `dist/web`, and served while it is being worked on: `npx vite web` with a daemon beside it
 * (`ROUSE_URL`, `ROUSE_TOKEN`), to which the development server passes what goes to `/api`.
 */
import { defineConfig } from 'vite';

const daemon = process.env['ROUSE_URL'] ?? 'http://127.0.0.1:7717';
const token = process.env['ROUSE_TOKEN'];

export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // Everything comes from the daemon, and its security policy allows no inlined scripts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      onLog(level, log, report) {
        // Words for servers that render; this page has none.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  server: {
    proxy: {
      '/api': {
        target: daemon,
        changeOrigin: true,
        headers: token === undefined ? {} : { authorization: `Bearer ${token}`, origin: daemon },
      },
    },
  },
});
