import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const modern = ['chrome123', 'edge123', 'firefox128', 'safari17.5'];

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [vue(), tailwindcss()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  build: {
    outDir: 'dist',
    target: modern,
    cssTarget: modern,
    // The Content-Security-Policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 5200,
    strictPort: true,
    proxy: {
      '/api': { target: 'http://localhost:9090', changeOrigin: false },
      '/test-payments': { target: 'http://localhost:9090', changeOrigin: false },
    },
  },
});
