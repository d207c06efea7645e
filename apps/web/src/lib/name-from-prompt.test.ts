import { describe, expect, it } from 'vitest';
import { nameFromPrompt } from './name-from-prompt';

describe('nameFromPrompt', () => {
  it.each([
    ['I need a guest book for our wedding', 'Guest book'],
    ['A todo board with three columns: to do, doing and done.', 'Todo board'],
    ['Please, build me the booking page of our yoga studio', 'Booking page of our yoga'],
    ['A page where guests leave a few words', 'Page where guests leave a'],
    ['Chci knihu hostů, kde si lidé zapíšou pár slov', 'Kniha hostů'],
    ['Nástěnku úkolů se třemi sloupci', 'Nástěnka úkolů'],
    ['Rezervační stránku: lidé si vyberou čas', 'Rezervační stránka'],
    ['', ''],
    ['   \n ', ''],
  ])('%j → %j', (prompt, name) => {
    expect(nameFromPrompt(prompt)).toBe(name);
  });

  it('is never longer than a line', () => {
    expect(nameFromPrompt('extraordinarily '.repeat(9)).length).toBeLessThanOrEqual(40);
  });
});
