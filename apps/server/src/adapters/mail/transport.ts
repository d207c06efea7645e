/** A mail as it is handed over. */
export interface Envelope {
  /** The same for every attempt, so that a mail that arrives twice can be told. */
  messageId: string;
  recipient: string;
  subject: string;
  text: string;
  html: string | null;
}

/** The port to whatever carries mail. */
export interface MailTransport {
  /** True when the outbox is the mailbox: its texts are kept to be read there. */
  readonly keepsTexts: boolean;
  /** Hands a mail over; the provider's id, or null when no provider is involved. Throws when it was not taken. */
  send(envelope: Envelope): Promise<string | null>;
  close(): void;
}
