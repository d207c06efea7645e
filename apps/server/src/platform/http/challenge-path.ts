/** Where certificate authorities look for the answer to a challenge over HTTP (RFC 8555, 8.3). */
export const CHALLENGE_PATH = '/.well-known/acme-challenge/';
