/** 128 random bits as hex. `crypto.randomUUID` exists on secure origins only; this works on a plain http one too. */
export const randomKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
