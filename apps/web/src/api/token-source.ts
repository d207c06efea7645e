/** Where the client gets its access token from. Both answer null when nobody is signed in. */
export interface TokenSource {
  /** A token that is good for some seconds still. */
  current(): Promise<string | null>;
  /** A new token, whatever the old one looked like. Calls in parallel share one renewal. */
  renew(): Promise<string | null>;
}
