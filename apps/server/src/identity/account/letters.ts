import type { OutgoingMail } from '../../platform/mail.ts';
import { type Letter, layOut } from '../../platform/mail-layout.ts';

/** Whom a letter about an account goes to. */
export interface Addressee {
  id: string;
  email: string;
  name: string;
  locale: 'en' | 'cs';
}

type Words = Omit<Letter, 'locale' | 'action'> & { subject: string; action: string };

const reset: Record<'en' | 'cs', (name: string) => Words> = {
  en: (name) => ({
    subject: 'Choose a new password for TalkIDE',
    heading: 'Choose a new password',
    paragraphs: [`Hello ${name},`, 'press the button to choose a new password. The link works once, for one hour.'],
    action: 'Choose a password',
    closing: 'If you did not ask for this, ignore this mail: your password stays as it is.',
  }),
  cs: (name) => ({
    subject: 'Zvolte si nové heslo do TalkIDE',
    heading: 'Zvolte si nové heslo',
    paragraphs: [`Dobrý den, ${name},`, 'tlačítkem si zvolíte nové heslo. Odkaz platí hodinu a jen jednou.'],
    action: 'Zvolit heslo',
    closing: 'Pokud jste o to nežádali, e-mail ignorujte: heslo zůstává stejné.',
  }),
};

const changed: Record<'en' | 'cs', (name: string) => Words> = {
  en: (name) => ({
    subject: 'Your TalkIDE password was changed',
    heading: 'Your password was changed',
    paragraphs: [
      `Hello ${name},`,
      'the password of your account was just changed and your other devices were signed out.',
    ],
    action: 'It was not me',
    closing: 'If it was you, there is nothing to do. If not, press the button and set a new password at once.',
  }),
  cs: (name) => ({
    subject: 'Vaše heslo do TalkIDE se změnilo',
    heading: 'Vaše heslo se změnilo',
    paragraphs: [`Dobrý den, ${name},`, 'heslo k vašemu účtu se právě změnilo a ostatní zařízení jsme odhlásili.'],
    action: 'To jsem nebyl(a) já',
    closing: 'Pokud jste to byli vy, není třeba nic dělat. Pokud ne, stiskněte tlačítko a hned si nastavte nové heslo.',
  }),
};

/** The link to choose a new password. The token travels behind the #, which no server writes into its log. */
export function resetLetter(to: Addressee, publicUrl: string, token: string): OutgoingMail {
  return write(to, 'password-reset', reset[to.locale](to.name), `${publicUrl}/reset-password#token=${token}`);
}

export function passwordChangedLetter(to: Addressee, publicUrl: string): OutgoingMail {
  return write(to, 'password-changed', changed[to.locale](to.name), `${publicUrl}/reset-password`);
}

function write(to: Addressee, type: OutgoingMail['type'], words: Words, url: string): OutgoingMail {
  const { subject, heading, paragraphs, closing } = words;
  const letter = { locale: to.locale, heading, paragraphs, closing, action: { label: words.action, url } };
  return { userId: to.id, type, recipient: to.email, subject, ...layOut(letter) };
}
