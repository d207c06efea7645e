import { expect, it } from 'vitest';
import { editedPath } from './edited-path';

it.each([
  ['Edit src/pages/Home.vue', 'src/pages/Home.vue'],
  ['Úprava src/pages/Home.vue', 'src/pages/Home.vue'],
  ['Two files by hand', null],
])('%j changed %j', (description, path) => {
  expect(editedPath(description)).toBe(path);
});
