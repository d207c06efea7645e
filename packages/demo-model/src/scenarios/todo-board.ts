import type { Scenario } from '../scenario.ts';

export const todoBoard: Scenario = {
  id: 'todo-board',
  starts: ['to-?do', 'to do (board|list|app)', 'task ?(board|list)', 'kanban', 'nastenk', 'ukol', 'seznam ukolu'],
  page: 'TodoBoard',
  path: '/todo-board',
  title: { en: 'Todo board', cs: 'Nástěnka úkolů' },
  table: 'task',
  fieldsFile: 'shared/todo-board.ts',
  textsFile: 'src/texts/todo-board.ts',
  route: 'tasks',
  readsFrom: '/api/tasks',
  plan: {
    en: 'A todo board it is: three columns, To do, Doing and Done; tasks are added on top, dragged or moved with buttons, and kept in the database. Everyone who has the address shares one board. Colours and everything else stay as they are. (I am the demo model, a script for this tour, so I work from a recipe.)',
    cs: 'Bude to nástěnka úkolů: tři sloupce, Udělat, Rozdělané a Hotovo; úkoly se přidávají nahoře, přetahují nebo posouvají tlačítky a ukládají se do databáze. Kdo má adresu, vidí stejnou nástěnku. Barvy a všechno ostatní zůstanou, jak jsou. (Jsem ukázkový model, skript pro tuto prohlídku, takže pracuji podle receptu.)',
  },
  question: null,
  backend: {
    description: { en: 'Stores the tasks', cs: 'Ukládá úkoly' },
    brief: {
      en: 'Store tasks (title, optional note, status todo, doing or done) and serve them at /api/tasks: list, add, move, delete. Refuse tasks without a title and unknown columns. Write tests. Do not touch pages.',
      cs: 'Ukládej úkoly (název, nepovinná poznámka, stav todo, doing nebo done) a obsluž je na /api/tasks: výpis, přidání, posun, smazání. Úkoly bez názvu a neznámé sloupce odmítni. Napiš testy. Stránek se nedotýkej.',
    },
    opening: { en: 'I look at how this project stores things.', cs: 'Podívám se, jak tento projekt ukládá data.' },
    report: {
      en: 'The app can store tasks now, move them between the three columns and delete them. A task without a title is refused with a sentence. The tests pass. For the page: GET, POST, PATCH and DELETE /api/tasks, fields in shared/todo-board.ts.',
      cs: 'Aplikace teď umí úkoly ukládat, přesouvat mezi třemi sloupci a mazat. Úkol bez názvu odmítne větou. Testy procházejí. Pro stránku: GET, POST, PATCH a DELETE /api/tasks, pole jsou v shared/todo-board.ts.',
    },
    files: [
      'shared/fields.ts',
      'server/fields.ts',
      'shared/todo-board.ts',
      'server/routes/tasks.ts',
      'test/samples.ts',
      'test/tasks.test.ts',
    ],
  },
  frontend: {
    description: { en: 'Makes the board', cs: 'Tvoří nástěnku' },
    brief: {
      en: 'Make the board the start page: a form on top, three columns below, cards that can be dragged or moved by buttons with the keyboard, with loading, empty and error states, all words in src/texts/todo-board.ts. Data: /api/tasks, fields from shared/todo-board.ts. Do not touch the server.',
      cs: 'Udělej z nástěnky úvodní stránku: nahoře formulář, pod ním tři sloupce, karty se přetahují nebo posouvají tlačítky i z klávesnice, se stavy načítání, prázdno a chyba; všechny texty v src/texts/todo-board.ts. Data: /api/tasks, pole ze shared/todo-board.ts. Serveru se nedotýkej.',
    },
    opening: { en: 'I look at the pages and the ready-made parts.', cs: 'Podívám se na stránky a hotové části.' },
    report: {
      en: 'People land on the board: they add a task on top and drag it through the three columns, or move it with the arrow buttons. A change shows at once and is taken back if the server refuses it.',
      cs: 'Lidé přijdou rovnou na nástěnku: nahoře přidají úkol a přetahují ho mezi třemi sloupci, nebo ho posouvají šipkami. Změna je vidět hned, a když ji server odmítne, vrátí se zpět.',
    },
    files: [
      'src/texts/todo-board.ts',
      'src/components/FieldInputs.vue',
      'src/components/FieldValues.vue',
      'src/components/TaskForm.vue',
      'src/components/TaskCard.vue',
      'src/components/TaskColumn.vue',
    ],
  },
  forgotten: null,
  done: {
    en: 'Your board is ready: add a task, drag it along, and it stays where you leave it. The build and the checks of the server pass. Try it in the preview, then tell me what to change: “Make the header orange”, “Change the title to This week”, “Add a field due date”.',
    cs: 'Nástěnka je hotová: přidejte úkol, přetáhněte ho a zůstane tam, kde ho necháte. Sestavení i kontroly serveru procházejí. Vyzkoušejte ji v náhledu a pak řekněte, co změnit: „Udělej hlavičku oranžovou“, „Změň nadpis na Tento týden“, „Přidej pole datum“.',
  },
};
