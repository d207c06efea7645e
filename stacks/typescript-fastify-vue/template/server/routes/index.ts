// One line per file of this folder.
export { default as about } from './about.ts';
export { default as health } from './health.ts';
