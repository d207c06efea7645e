export { createMailbox } from './mailbox.ts';
export { createMailer } from './mailer.ts';
export { createSmtp } from './smtp.ts';
