import { expect, test } from 'vitest';
import { disposition } from './disposition.ts';

test.each([
  ['photo.png', 'photo.png'],
  ['Žofie (2).txt', '%C5%BDofie%20%282%29.txt'],
  ["a'b*c", 'a%27b%2Ac'],
  ['"\r\nset-cookie: x', '%22%0D%0Aset-cookie%3A%20x'],
  ['half \ud800', 'half%20%EF%BF%BD'],
])('a file %j is named %s', (name, encoded) => {
  expect(disposition('attachment', name)).toBe(`attachment; filename*=UTF-8''${encoded}`);
});
