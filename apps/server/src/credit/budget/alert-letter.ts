import type { OutgoingMail } from '../../platform/mail.ts';
import { layOut } from '../../platform/mail-layout.ts';
import { usd, usdText } from '../../platform/money.ts';
import type { ChargedBudget } from '../charge.ts';
import type { Crossing } from './thresholds.ts';

interface Recipient {
  id: string;
  email: string;
  locale: 'en' | 'cs';
}

interface Words {
  subject: string;
  heading: string;
  paragraphs: string[];
  action: { label: string; url: string };
  closing: string;
}

/** The mail about a threshold of a budget. */
export function alertLetter(to: Recipient, crossing: Crossing, budget: ChargedBudget, publicUrl: string): OutgoingMail {
  const dollars = (amount: string) => usdText(amount, to.locale);
  const facts = {
    left: dollars(usd(budget.creditUsd).isNegative() ? '0' : budget.creditUsd),
    spent: dollars(budget.monthSpentUsd),
    limit: dollars(budget.limitUsd ?? '0'),
  };
  const url = `${publicUrl}/billing/${crossing.kind === 'CREDIT' ? 'credit' : 'limits'}`;
  const { subject, ...words } = (to.locale === 'cs' ? czech : english)(crossing, facts, url);
  return {
    userId: to.id,
    type: 'budget-alert',
    recipient: to.email,
    subject,
    ...layOut({ locale: to.locale, ...words }),
  };
}

interface Facts {
  left: string;
  spent: string;
  limit: string;
}

function english({ kind, threshold }: Crossing, { left, spent, limit }: Facts, url: string): Words {
  const closing = 'You can turn mail about billing off in your account.';
  const used = threshold === 100;
  if (kind === 'CREDIT') {
    const heading = used ? 'Your credit is used up' : '80 % of your credit is used';
    const then = used
      ? 'Mara stops where she is; everything she has done so far is kept. She goes on when there is credit again.'
      : `${left} are left. When they are used up, Mara stops; what she has done by then is kept.`;
    return { subject: heading, heading, paragraphs: [then], action: { label: 'Top up', url }, closing };
  }
  const heading = used ? 'Your limit of this month is reached' : '80 % of your limit of this month is used';
  const then = used
    ? `You have spent ${spent} of ${limit}. Mara goes on next month, or as soon as you raise the limit; everything so far is kept.`
    : `You have spent ${spent} of ${limit}. At the limit Mara stops until next month, or until you raise it.`;
  return { subject: heading, heading, paragraphs: [then], action: { label: 'See the limits', url }, closing };
}

function czech({ kind, threshold }: Crossing, { left, spent, limit }: Facts, url: string): Words {
  const closing = 'E-maily o platbách můžete vypnout ve svém účtu.';
  const used = threshold === 100;
  if (kind === 'CREDIT') {
    const heading = used ? 'Váš kredit je vyčerpaný' : 'Vyčerpali jste 80 % kreditu';
    const then = used
      ? 'Mara se zastaví tam, kde je; všechno, co zatím udělala, zůstává. Pokračuje, jakmile bude zase kredit.'
      : `Zbývá ${left}. Až dojdou, Mara se zastaví; co do té doby udělá, zůstane.`;
    return { subject: heading, heading, paragraphs: [then], action: { label: 'Dobít kredit', url }, closing };
  }
  const heading = used ? 'Dosáhli jste měsíčního limitu' : 'Využili jste 80 % měsíčního limitu';
  const then = used
    ? `Utratili jste ${spent} z ${limit}. Mara pokračuje příští měsíc, nebo hned, jak limit zvýšíte; všechno dosavadní zůstává.`
    : `Utratili jste ${spent} z ${limit}. Na limitu se Mara zastaví do příštího měsíce, nebo než limit zvýšíte.`;
  return { subject: heading, heading, paragraphs: [then], action: { label: 'Zobrazit limity', url }, closing };
}
