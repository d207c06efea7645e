import type { Scenario } from '../scenario.ts';

export const bookingPage: Scenario = {
  id: 'booking-page',
  starts: [
    'booking',
    'reservation',
    'appointment',
    'book (a |an )?(time|table|slot)',
    'rezerva',
    'objednavk',
    'objednavac',
    'termin',
  ],
  page: 'BookingPage',
  path: '/booking',
  title: { en: 'Book a time', cs: 'Rezervace termínu' },
  table: 'booking',
  fieldsFile: 'shared/booking-page.ts',
  textsFile: 'src/texts/booking-page.ts',
  route: 'bookings',
  readsFrom: '/api/taken',
  plan: {
    en: 'A booking page, then: visitors choose a day of the next three weeks and a free hour, leave name and email, and nobody can take the same time twice. I assume Monday to Friday, nine to five with a lunch break; you can change that later. Who booked stays in your database and is never shown to visitors. Colours stay as they are. (I am the demo model, a script for this tour, so I work from a recipe.)',
    cs: 'Bude to rezervační stránka: návštěvník si vybere den z příštích tří týdnů a volnou hodinu, nechá jméno a e-mail, a stejný čas nikdo nezíská dvakrát. Počítám s pondělím až pátkem, od devíti do pěti s polední pauzou; později to můžete změnit. Kdo si co rezervoval, zůstává ve vaší databázi a návštěvníkům se nikdy neukáže. Barvy zůstanou, jak jsou. (Jsem ukázkový model, skript pro tuto prohlídku, takže pracuji podle receptu.)',
  },
  question: null,
  backend: {
    description: { en: 'Keeps the bookings', cs: 'Vede rezervace' },
    brief: {
      en: 'Keep bookings (day, time, name, email, optional note). A time can be taken once, decided by the database. GET /api/taken tells taken times without names; POST /api/bookings books. Only open days and offered times. Write tests. Do not touch pages.',
      cs: 'Veď rezervace (den, čas, jméno, e-mail, nepovinná poznámka). Čas lze obsadit jednou, rozhoduje databáze. GET /api/taken řekne obsazené časy bez jmen; POST /api/bookings rezervuje. Jen otevřené dny a nabízené časy. Napiš testy. Stránek se nedotýkej.',
    },
    opening: { en: 'I look at how this project stores things.', cs: 'Podívám se, jak tento projekt ukládá data.' },
    report: {
      en: 'The app keeps bookings now. Two people can never get the same time, days and hours that are not offered are refused, and names stay private. The tests pass. For the page: GET /api/taken, POST /api/bookings, hours in shared/calendar.ts.',
      cs: 'Aplikace teď vede rezervace. Dva lidé nikdy nedostanou stejný čas, nenabízené dny a hodiny odmítne a jména zůstávají soukromá. Testy procházejí. Pro stránku: GET /api/taken, POST /api/bookings, hodiny v shared/calendar.ts.',
    },
    files: [
      'shared/fields.ts',
      'server/fields.ts',
      'shared/booking-page.ts',
      'shared/calendar.ts',
      'server/routes/bookings.ts',
      'test/samples.ts',
      'test/bookings.test.ts',
    ],
  },
  frontend: {
    description: { en: 'Makes the booking page', cs: 'Tvoří rezervační stránku' },
    brief: {
      en: 'Make booking the start page: choose a day, then a time, then name and email; taken times are shown and cannot be chosen; a confirmation at the end. Loading, full and error states, all words in src/texts/booking-page.ts. Data: GET /api/taken, POST /api/bookings. Do not touch the server.',
      cs: 'Udělej z rezervace úvodní stránku: výběr dne, času, pak jméno a e-mail; obsazené časy jsou vidět a nelze je zvolit; na konci potvrzení. Stavy načítání, plno a chyba, všechny texty v src/texts/booking-page.ts. Data: GET /api/taken, POST /api/bookings. Serveru se nedotýkej.',
    },
    opening: { en: 'I look at the pages and the ready-made parts.', cs: 'Podívám se na stránky a hotové části.' },
    report: {
      en: 'Visitors choose a day and see how many times are free, choose an hour and leave their name. At the end they read when they are expected. Taken times are visible and cannot be chosen.',
      cs: 'Návštěvník si vybere den a vidí, kolik časů je volných, zvolí hodinu a nechá jméno. Na konci se dočte, kdy ho čekáte. Obsazené časy jsou vidět a zvolit nejdou.',
    },
    files: [
      'src/texts/booking-page.ts',
      'src/moments.ts',
      'src/components/FieldInputs.vue',
      'src/components/DayPicker.vue',
      'src/components/SlotPicker.vue',
      'src/components/BookingForm.vue',
    ],
  },
  forgotten: null,
  done: {
    en: 'Your booking page is ready: choose a day, an hour, leave a name, done. The build and the checks of the server pass. Not included: reminders by email and a list of bookings for you. Try it in the preview, then tell me what to change: “Make the header blue”, “Change the button to Reserve”, “Add a field phone”.',
    cs: 'Rezervační stránka je hotová: vybrat den, hodinu, nechat jméno a je to. Sestavení i kontroly serveru procházejí. Není v ní: připomínky e-mailem a přehled rezervací pro vás. Vyzkoušejte ji v náhledu a pak řekněte, co změnit: „Udělej hlavičku modrou“, „Změň tlačítko na Rezervovat“, „Přidej pole telefon“.',
  },
};
