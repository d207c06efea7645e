/** Everything the server is told by its surroundings, read in this one place. */
export const env = {
  name: process.env.APP_NAME?.trim() || 'My app',
  accentHue: readHue(process.env.APP_ACCENT_HUE),
  stage: process.env.APP_ENV === 'published' ? 'published' : 'preview',
  url: process.env.APP_URL ?? '',
  databaseUrl: process.env.DATABASE_URL || undefined,
  socketPath: process.env.SOCKET_PATH || undefined,
  uploadsSocket: process.env.UPLOADS_SOCKET || undefined,
  host: process.env.HOST ?? '127.0.0.1',
  port: Number(process.env.PORT ?? 3000),
};

function readHue(text: string | undefined): number {
  const hue = Number(text);
  return text && hue >= 0 && hue <= 360 ? hue : 255;
}
