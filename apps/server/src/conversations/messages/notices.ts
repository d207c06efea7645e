import type { NoticePayload } from '@talkide/contracts';
import type { z } from 'zod';

type Locale = 'en' | 'cs';
type Action = z.infer<typeof NoticePayload>['action'];

interface NoticeText {
  action: Action;
  en: string;
  cs: string;
}

const notice = (action: Action, en: string, cs: string): NoticeText => ({ action, en, cs });

/** What the platform itself says in a conversation, by code: what happened, what it means for the work, what to press. */
export const notices = {
  worker_lost: notice(
    'RETRY',
    'Mara was cut off several times and could not finish. Your project stands as it was before this message. Try again.',
    'Mara byla několikrát přerušena a nemohla to dokončit. Projekt je ve stavu před touto zprávou. Zkuste to znovu.',
  ),
  worker_unavailable: notice(
    'RETRY',
    'Mara could not be started on this machine. Nothing was changed. Try again; if it stays, tell the operator.',
    'Maru se na tomto stroji nepodařilo spustit. Nic se nezměnilo. Zkuste to znovu; pokud to trvá, řekněte to provozovateli.',
  ),
  agents_paused: notice(
    'NONE',
    'The operator has paused the agents, so Mara stopped. What she had done so far is saved. Tell her to go on when the pause is over.',
    'Provozovatel agenty pozastavil, proto Mara přestala. Co už udělala, je uložené. Až pauza skončí, řekněte jí, ať pokračuje.',
  ),
  model_unavailable: notice(
    'RETRY',
    'The model did not answer, even after several tries. Your project stands as it was before this message. Try again in a minute.',
    'Model neodpověděl ani po několika pokusech. Projekt je ve stavu před touto zprávou. Zkuste to za minutu znovu.',
  ),
  model_refused: notice(
    'RETRY',
    'The model refused this request. Your project stands as it was. Say it in other words, or try again.',
    'Model tento požadavek odmítl. Projekt zůstal, jak byl. Zkuste to říct jinak, nebo to zopakujte.',
  ),
  no_credit: notice(
    'TOP_UP',
    'Your AI credit is used up, or too little for the next step, so Mara stopped. What she had done so far is saved. Top up, then tell her to go on.',
    'Váš kredit na AI je vyčerpaný nebo na další krok nestačí, proto Mara přestala. Co už udělala, je uložené. Dobijte kredit a řekněte jí, ať pokračuje.',
  ),
  monthly_limit: notice(
    'LIMITS',
    'You have reached the limit you set for this month, or the next step would pass it, so Mara stopped. What she had done so far is saved. Raise the limit, then tell her to go on.',
    'Dosáhli jste měsíčního limitu, který jste si nastavili, nebo by ho další krok překročil, proto Mara přestala. Co už udělala, je uložené. Zvyšte limit a řekněte jí, ať pokračuje.',
  ),
  project_cap: notice(
    'LIMITS',
    'This project has reached the cap you set for it this month, or the next step would pass it, so Mara stopped. What she had done so far is saved. Raise the cap in its settings, then tell her to go on.',
    'Projekt dosáhl stropu, který jste mu na tento měsíc nastavili, nebo by ho další krok překročil, proto Mara přestala. Co už udělala, je uložené. Zvyšte strop v nastavení projektu a řekněte jí, ať pokračuje.',
  ),
  turn_cap: notice(
    'LIMITS',
    'The cap you set for a turn, {cap}, is less than the next step may cost, so Mara could not begin. Nothing was changed. Raise the cap, then tell her to go on.',
    'Strop, který jste nastavili pro jeden tah, {cap}, je nižší, než může stát další krok, proto Mara nemohla začít. Nic se nezměnilo. Zvyšte strop a řekněte jí, ať pokračuje.',
  ),
  fair_use: notice(
    'NONE',
    'You have made as many model calls today as this platform allows, so Mara stopped. What she had done so far is saved. Go on after midnight UTC.',
    'Dnes jste vyčerpali počet volání modelu, který tato platforma dovoluje, proto Mara přestala. Co už udělala, je uložené. Pokračujte po půlnoci UTC.',
  ),
  agent_failed: notice(
    'RETRY',
    'Something broke while Mara was working. Your project stands as it was before this message. Try again.',
    'Při práci se Maře něco pokazilo. Projekt je ve stavu před touto zprávou. Zkuste to znovu.',
  ),
  turn_too_long: notice(
    'RETRY',
    'This took longer than a turn may take, so it was ended. Your project stands as it was. Ask for a smaller step.',
    'Trvalo to déle, než může jeden tah trvat, takže byl ukončen. Projekt zůstal, jak byl. Požádejte o menší krok.',
  ),
  commit_failed: notice(
    'RETRY',
    'The changes could not be saved as a version. Your project stands as it was before this message. Try again.',
    'Změny se nepodařilo uložit jako verzi. Projekt je ve stavu před touto zprávou. Zkuste to znovu.',
  ),
  session_regenerated: notice(
    'NONE',
    'Mara’s memory of this conversation was lost, so she has read the project again. Your project and messages are all here.',
    'Mara ztratila paměť na tuto konverzaci, a tak si projekt přečetla znovu. Projekt i zprávy jsou na svém místě.',
  ),
  restored: notice(
    'NONE',
    'Restored from version {from}: its code stands again, as version {version}. The data stays as it is.',
    'Obnoveno z verze {from}: její kód je zpět jako verze {version}. Data zůstávají.',
  ),
  restored_with_data: notice(
    'NONE',
    'Restored from version {from} with the data and settings it had, as version {version}. What was there before is kept with the version before.',
    'Obnoveno z verze {from} i s tehdejšími daty a nastavením, jako verze {version}. Co tu bylo předtím, zůstává uložené u předchozí verze.',
  ),
  data_too_large: notice(
    'NONE',
    'The data that the preview has now is too large to be kept, so it was not replaced. Go back with the code alone.',
    'Data, která má náhled teď, jsou příliš velká na to, aby se uchovala, a proto se nenahradila. Vraťte se jen s kódem.',
  ),
  data_unsaved: notice(
    'NONE',
    'The data that the preview has now could not be kept, so it was not replaced. Try again, or go back with the code alone.',
    'Data, která má náhled teď, se nepodařilo uchovat, a proto se nenahradila. Zkuste to znovu, nebo se vraťte jen s kódem.',
  ),
  data_gone: notice(
    'NONE',
    'The data of that version is no longer there. The data that the preview has now is as it was. Go back with the code alone.',
    'Data té verze už neexistují. Data, která má náhled teď, zůstala, jak byla. Vraťte se jen s kódem.',
  ),
  data_unusable: notice(
    'NONE',
    'The data of that version could not be brought back. The data that the preview has now is as it was. Go back with the code alone.',
    'Data té verze se nepodařilo vrátit. Data, která má náhled teď, zůstala, jak byla. Vraťte se jen s kódem.',
  ),
  build_failed_repairing: notice(
    'NONE',
    'Version {version} did not build. Mara is looking at the log and will mend it. What ran before keeps running.',
    'Verze {version} se nesestavila. Mara se dívá do výpisu a opraví to. Co běželo předtím, běží dál.',
  ),
  build_failed_again: notice(
    'REVERT',
    'Version {version} still does not build, and Mara has tried to mend it. You can go back to the version before, or tell her what to try.',
    'Verze {version} se pořád nesestavila, i když to Mara zkoušela opravit. Můžete se vrátit k předchozí verzi, nebo jí řekněte, co má zkusit.',
  ),
  build_failed: notice(
    'FIX',
    'Version {version} did not build. What ran before keeps running. Mara can look at the log and mend it.',
    'Verze {version} se nesestavila. Co běželo předtím, běží dál. Mara se může podívat do výpisu a opravit to.',
  ),
} as const;

export type NoticeCode = keyof typeof notices;

/** The sentence of a notice in a language, with its facts filled in. */
export function noticeText(code: NoticeCode, locale: Locale, facts: Record<string, string | number> = {}): string {
  return notices[code][locale].replace(/\{(\w+)\}/g, (hole, name: string) => String(facts[name] ?? hole));
}

/** What Mara asks when a turn has reached its cap. */
export function capQuestion(locale: Locale, cap: string) {
  return locale === 'cs'
    ? {
        question: `Tento tah dosáhl svého stropu ${cap}. Co jsem zatím udělala, je uložené. Mám pokračovat, nejvýš za dalších ${cap}?`,
        options: [{ label: 'Pokračuj' }, { label: 'Nech to tak' }],
      }
    : {
        question: `This turn has reached its cap of ${cap}. What I have done so far is saved. Shall I go on, for at most another ${cap}?`,
        options: [{ label: 'Go on' }, { label: 'Leave it there' }],
      };
}

/** Added to the notice of a failed turn whose cost was given back. */
export const waivedText = (locale: Locale): string =>
  locale === 'cs' ? 'Nic za to neplatíte.' : 'You are not charged for it.';

/** Added to the notice of a turn that the operator's switch ended. */
export const pauseText = (locale: Locale, reason: string): string =>
  locale === 'cs' ? `Důvod: ${reason}` : `The reason: ${reason}`;

/** What stands for Mara's closing message when she said nothing. */
export function closingText(locale: Locale, outcome: 'SUCCEEDED' | 'STOPPED', files: number): string {
  if (outcome === 'STOPPED') {
    if (files === 0) return locale === 'cs' ? 'Zastaveno, nic se nezměnilo.' : 'Stopped; nothing was changed.';
    return locale === 'cs' ? 'Zastaveno. Co bylo hotové, je uložené.' : 'Stopped. What was done so far is saved.';
  }
  if (files === 0) return locale === 'cs' ? 'Hotovo, bez změn v souborech.' : 'Done, without changing any files.';
  return locale === 'cs' ? 'Hotovo.' : 'Done.';
}
