import type { OutgoingMail } from '../../platform/mail.ts';
import { layOut } from '../../platform/mail-layout.ts';

const words = {
  en: {
    subject: 'You are invited to TalkIDE',
    heading: 'You are invited to TalkIDE',
    paragraphs: [
      'Describe a web application in a chat, watch it being built, and publish it when you like it.',
      'The invitation is for one account and holds for 30 days.',
    ],
    action: 'Make an account',
    closing: 'If you did not expect this mail, you can ignore it.',
  },
  cs: {
    subject: 'Pozvánka do TalkIDE',
    heading: 'Máte pozvánku do TalkIDE',
    paragraphs: [
      'Popište v chatu webovou aplikaci, sledujte, jak vzniká, a až se vám bude líbit, zveřejněte ji.',
      'Pozvánka je na jeden účet a platí 30 dní.',
    ],
    action: 'Založit účet',
    closing: 'Pokud jste tento e-mail nečekali, klidně ho ignorujte.',
  },
};

/** An invitation, in the language of who invites. */
export function inviteLetter(to: { email: string; url: string; locale: 'en' | 'cs' }): OutgoingMail {
  const { subject, heading, paragraphs, action, closing } = words[to.locale];
  const letter = { locale: to.locale, heading, paragraphs, closing, action: { label: action, url: to.url } };
  return { userId: null, type: 'invite', recipient: to.email, subject, ...layOut(letter) };
}
