import { describe, expect, it } from 'vitest';
import { intentOf } from './intent.ts';

/** An intent in short. */
function short(asked: string): string {
  const intent = intentOf(asked);
  switch (intent.kind) {
    case 'build':
      return `build ${intent.scenario.id}`;
    case 'colour':
      return `${intent.part} ${intent.colour.name.en}`;
    case 'text':
      return `${intent.key} = ${intent.value}`;
    case 'field':
      return `field ${intent.label}${intent.required ? ' !' : ''}`;
    case 'package':
      return `package ${intent.name}`;
    default:
      return intent.kind;
  }
}

describe('what a message asks for', () => {
  it.each([
    ['Build me a guest book for our wedding', 'build guest-book'],
    ['A guestbook for a small café with a green header', 'header green'],
    ['I want a guest book with a green header', 'build guest-book'],
    ['Guest book', 'build guest-book'],
    ['Vytvoř knihu hostů pro náš penzion', 'build guest-book'],
    ['Potřebuju návštěvní knihu', 'build guest-book'],
    ['create a to-do board for my team', 'build todo-board'],
    ['Nástěnka s úkoly', 'build todo-board'],
    ['I need a booking page for my hair salon', 'build booking-page'],
    ['Chci rezervační stránku', 'build booking-page'],
    ['Make the header green', 'header green'],
    ['make the header green!', 'header green'],
    ['Udělej hlavičku zelenou', 'header green'],
    ['Can the buttons be orange, please?', 'buttons orange'],
    ['pozadí světle modré', 'background blue'],
    ['hlavičku tmavě modrou', 'header navy'],
    ['Make everything purple', 'everything purple'],
    ['Čierna? Ne, černou hlavičku', 'header black'],
    ['Change the title to “Our dear guests”', 'title = Our dear guests'],
    ['Change the title of the page to Our guests.', 'title = Our guests'],
    ['Set the subtitle to Welcome', 'lead = Welcome'],
    ['rename the button to Send', 'button = Send'],
    ['Změň nadpis na „Naši hosté“', 'title = Naši hosté'],
    ['Změňte text tlačítka na Odeslat', 'button = Odeslat'],
    ['Add a field phone', 'field phone'],
    ['add a field for the email address to the form', 'field email address'],
    ['Add a "favourite dish" field', 'field favourite dish'],
    ['Please add a required field called Age', 'field Age !'],
    ['Přidej pole telefon', 'field telefon'],
    ['Přidej povinné pole „odkud jste“', 'field odkud jste !'],
    ['Add the package dayjs.', 'package dayjs'],
    ['install npm package @scope/name@^2', 'package @scope/name@^2'],
    ['Přidej balíček „dayjs“', 'package dayjs'],
    ['<repair>The build failed</repair>', 'repair'],
    ['Reduce the noise', 'other'],
    ['Hned to oprav', 'other'],
    ['What is the weather like?', 'other'],
  ])('%s → %s', (asked, expected) => {
    expect(short(asked)).toBe(expected);
  });
});
