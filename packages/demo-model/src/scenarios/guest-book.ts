import type { Choice, Scenario } from '../scenario.ts';

const plain: Choice = {
  label: { en: 'Name and message', cs: 'Jméno a vzkaz' },
  description: { en: 'The quickest to sign.', cs: 'Zápis zabere nejméně času.' },
  starts: ['name and message', 'jmeno a vzkaz', 'just', 'jen'],
  fill: { en: {}, cs: {} },
};

const origin: Choice = {
  label: { en: 'Also where they come from', cs: 'Také odkud přijeli' },
  description: { en: 'Good for guest houses and cafés.', cs: 'Hodí se pro penziony a kavárny.' },
  starts: ['also where', 'where', 'take odkud', 'odkud', 'town', 'mesto'],
  fill: {
    en: {
      field: "\n  { name: 'origin', label: 'Where are you from?', type: 'text', required: false, max: 80 },",
      extra: '\nalter table entry add column if not exists origin text;\n',
    },
    cs: {
      field: "\n  { name: 'origin', label: 'Odkud jste?', type: 'text', required: false, max: 80 },",
      extra: '\nalter table entry add column if not exists origin text;\n',
    },
  },
};

const ratingField = (label: string) => `
  {
    name: 'rating',
    label: '${label}',
    type: 'select',
    required: true,
    options: ['5', '4', '3', '2', '1'].map((value) => ({ value, label: '★'.repeat(Number(value)) })),
  },`;
const ratingColumn = '\nalter table entry add column if not exists rating text;\n';

const rating: Choice = {
  label: { en: 'Also a rating with stars', cs: 'Také hodnocení hvězdičkami' },
  description: { en: 'You see at a glance how they liked it.', cs: 'Na první pohled vidíte, jak se jim líbilo.' },
  starts: ['also a rating', 'rating', 'star', 'take hodnoceni', 'hodnoceni', 'hvezdic'],
  fill: {
    en: { field: ratingField('How was it?'), extra: ratingColumn },
    cs: { field: ratingField('Jak se vám líbilo?'), extra: ratingColumn },
  },
};

export const guestBook: Scenario = {
  id: 'guest-book',
  starts: ['guest ?book', 'visitors? book', 'knih[auy] host', 'navstevni knih', 'pametni knih'],
  page: 'GuestBook',
  path: '/guest-book',
  title: { en: 'Guest book', cs: 'Kniha hostů' },
  table: 'entry',
  fieldsFile: 'shared/guest-book.ts',
  textsFile: 'src/texts/guest-book.ts',
  route: 'entries',
  readsFrom: '/api/entries',
  plan: {
    en: 'A guest book, gladly. Your start page becomes the book itself: a form to sign on the left, all entries on the right, newest first, kept in the database. Colours and everything else stay as they are. (I am the demo model, a script for this tour, so I work from a recipe.)',
    cs: 'Knihu hostů ráda připravím. Úvodní stránka se změní v samotnou knihu: vlevo formulář, vpravo všechny zápisy od nejnovějšího, uložené v databázi. Barvy a všechno ostatní zůstanou, jak jsou. (Jsem ukázkový model, skript pro tuto prohlídku, takže pracuji podle receptu.)',
  },
  question: {
    text: { en: 'What should guests leave?', cs: 'Co mají hosté zanechat?' },
    choices: [plain, origin, rating],
  },
  backend: {
    description: { en: 'Stores the entries', cs: 'Ukládá zápisy' },
    brief: {
      en: 'Store guest book entries (name, message, time) and serve them newest first at /api/entries; anyone may sign. Refuse empty and overlong entries with a sentence per field. Write tests. Do not touch pages.',
      cs: 'Ukládej zápisy knihy hostů (jméno, vzkaz, čas) a vracej je od nejnovějšího na /api/entries; zapsat se může kdokoli. Prázdné a příliš dlouhé zápisy odmítni větou u každého pole. Napiš testy. Stránek se nedotýkej.',
    },
    opening: { en: 'I look at how this project stores things.', cs: 'Podívám se, jak tento projekt ukládá data.' },
    report: {
      en: 'The app can store entries now and lists them newest first. Empty or overlong entries are refused with a sentence beside the field. The tests pass. For the page: GET and POST /api/entries, fields in shared/guest-book.ts.',
      cs: 'Aplikace teď umí ukládat zápisy a vypisuje je od nejnovějšího. Prázdné nebo příliš dlouhé zápisy odmítne větou u daného pole. Testy procházejí. Pro stránku: GET a POST /api/entries, pole jsou v shared/guest-book.ts.',
    },
    files: [
      'shared/fields.ts',
      'server/fields.ts',
      'shared/guest-book.ts',
      'server/routes/entries.ts',
      'test/samples.ts',
      'test/entries.test.ts',
    ],
  },
  frontend: {
    description: { en: 'Makes the guest book page', cs: 'Tvoří stránku knihy hostů' },
    brief: {
      en: 'Make the guest book the start page: form on the left, entries on the right, with loading, empty and error states, all words in src/texts/guest-book.ts. Data: GET and POST /api/entries, fields from shared/guest-book.ts. Do not touch the server.',
      cs: 'Udělej z knihy hostů úvodní stránku: vlevo formulář, vpravo zápisy, se stavy načítání, prázdno a chyba; všechny texty v src/texts/guest-book.ts. Data: GET a POST /api/entries, pole ze shared/guest-book.ts. Serveru se nedotýkej.',
    },
    opening: { en: 'I look at the pages and the ready-made parts.', cs: 'Podívám se na stránky a hotové části.' },
    report: {
      en: 'Visitors land on the guest book: they can sign on the left and read all entries on the right. While it loads, when it is empty and when something fails, the page says so.',
      cs: 'Návštěvníci přijdou rovnou do knihy hostů: vlevo se mohou zapsat, vpravo číst všechny zápisy. Když se načítá, je prázdná nebo se něco nepovede, stránka to řekne.',
    },
    files: [
      'src/texts/guest-book.ts',
      'src/components/FieldInputs.vue',
      'src/components/FieldValues.vue',
      'src/components/EntryForm.vue',
      'src/components/EntryCard.vue',
      'src/format.ts',
    ],
  },
  forgotten: 'src/format.ts',
  done: {
    en: 'Your guest book is ready: guests can sign, and every entry stays. The checks of the server pass. Try it in the preview, then tell me what to change: “Make the header green”, “Change the title to Our visitors”, “Add a field phone”.',
    cs: 'Kniha hostů je hotová: hosté se mohou zapsat a každý zápis zůstane. Kontroly serveru procházejí. Vyzkoušejte ji v náhledu a pak řekněte, co změnit: „Udělej hlavičku zelenou“, „Změň nadpis na Naši návštěvníci“, „Přidej pole telefon“.',
  },
};
