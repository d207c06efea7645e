export { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts';
export { type KeptPostgres, keepEmbeddedPostgres, type ServerNews } from './kept.ts';
