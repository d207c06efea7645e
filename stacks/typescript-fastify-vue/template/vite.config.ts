import vue from '@vitejs/plugin-vue';
import type { UserConfig } from 'vite';

/**
 * The web half of the build. Vue and its router come as their finished production files: bundling their sources
 * would double the time from an edit to the preview.
 */
const config: UserConfig = {
  root: import.meta.dirname,
  // node_modules is a link to a read-only folder: caches live in the tree, and paths stay those of the tree.
  cacheDir: '.cache/vite',
  resolve: {
    preserveSymlinks: true,
    alias: [
      { find: /^vue$/, replacement: 'vue/dist/vue.runtime.esm-browser.prod.js' },
      { find: /^vue-router$/, replacement: 'vue-router/dist/vue-router.esm-browser.prod.js' },
    ],
  },
  css: { postcss: { plugins: [] } },
  plugins: [vue()],
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    target: 'es2022',
    cssMinify: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
  },
};

export default config;
