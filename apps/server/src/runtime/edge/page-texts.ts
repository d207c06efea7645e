/** Why a visitor sees a page of ours instead of the app's. */
export type PageKind = 'notFound' | 'unpublished' | 'tooSlow' | 'silent' | 'crashed' | 'away' | 'unavailable';
export type PageLocale = 'en' | 'cs';
export type PageText = { title: string; text: string; hint: string };

export const pageStatus: Record<PageKind, number> = {
  notFound: 404,
  unpublished: 404,
  tooSlow: 503,
  silent: 504,
  crashed: 502,
  away: 503,
  unavailable: 503,
};

/** Seconds after which asking again makes sense. */
export const retryAfter: Partial<Record<PageKind, number>> = { tooSlow: 3, crashed: 15, away: 3, unavailable: 30 };

export const pageTexts: Record<PageLocale, Record<PageKind, PageText>> = {
  en: {
    notFound: {
      title: 'Nothing lives here',
      text: 'There is no app at this address.',
      hint: 'Check the address for a typing error, or ask the person who gave it to you.',
    },
    unpublished: {
      title: 'Not published',
      text: 'This app exists, but its maker has not published it, or has taken it down.',
      hint: 'If it is yours: open it in TalkIDE and press Publish.',
    },
    tooSlow: {
      title: 'Waking up',
      text: 'The app was asleep and needs a moment longer than usual.',
      hint: 'This page tries again by itself.',
    },
    silent: {
      title: 'No answer',
      text: 'The app runs, but it has not answered your request in time.',
      hint: 'Try again. If it is yours: Mara can find out what it waits for.',
    },
    crashed: {
      title: 'The app stopped',
      text: 'It ran into an error and could not answer. Nothing you did is to blame.',
      hint: 'If it is yours: its log in TalkIDE says why, and Mara can mend it.',
    },
    away: {
      title: 'One moment',
      text: 'The platform is waiting for its database, and so is this app.',
      hint: 'This page tries again by itself.',
    },
    unavailable: {
      title: 'Apps are paused',
      text: 'The platform cannot run apps at the moment.',
      hint: 'If you run it: the operations page says what is missing.',
    },
  },
  cs: {
    notFound: {
      title: 'Tady nic není',
      text: 'Na této adrese žádná aplikace neběží.',
      hint: 'Zkontrolujte, zda v adrese není překlep, nebo se zeptejte toho, kdo vám ji dal.',
    },
    unpublished: {
      title: 'Není zveřejněno',
      text: 'Tato aplikace existuje, ale její autor ji nezveřejnil nebo ji stáhl.',
      hint: 'Je-li vaše: otevřete ji v TalkIDE a stiskněte Zveřejnit.',
    },
    tooSlow: {
      title: 'Probouzí se',
      text: 'Aplikace spala a potřebuje o chvíli víc než obvykle.',
      hint: 'Tato stránka to sama zkusí znovu.',
    },
    silent: {
      title: 'Bez odpovědi',
      text: 'Aplikace běží, ale na váš požadavek včas neodpověděla.',
      hint: 'Zkuste to znovu. Je-li vaše: Mara zjistí, na co čeká.',
    },
    crashed: {
      title: 'Aplikace se zastavila',
      text: 'Narazila na chybu a nemohla odpovědět. Nezpůsobili jste to vy.',
      hint: 'Je-li vaše: důvod je v jejím záznamu v TalkIDE a Mara to umí spravit.',
    },
    away: {
      title: 'Okamžik',
      text: 'Platforma čeká na svou databázi a tato aplikace s ní.',
      hint: 'Tato stránka to sama zkusí znovu.',
    },
    unavailable: {
      title: 'Aplikace stojí',
      text: 'Platforma teď nemůže aplikace spouštět.',
      hint: 'Pokud ji provozujete: stránka provozu říká, co chybí.',
    },
  },
};
