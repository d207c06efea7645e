import { afterEach, expect, it } from 'vitest';
import { mountScreen } from '@/testing/mount-screen';
import MetricTile from './MetricTile.vue';

afterEach(() => {
  document.body.innerHTML = '';
});

it('says its figure in words and draws a bar a step, each with its own figure', async () => {
  const bars = [
    { height: 0, text: '8:00: 0' },
    { height: 1, text: '9:00: 12' },
  ];
  const tile = { id: 'errors', value: '12', note: 'Answers of 500 and above', isBad: true, bars };
  const { wrapper } = await mountScreen(MetricTile, '/', { tile });
  expect(wrapper.get('svg').attributes('aria-label')).toBe('Errors: 12. Answers of 500 and above');
  const drawn = wrapper.findAll('rect').slice(1);
  expect(drawn.map((bar) => bar.attributes('height'))).toEqual(['0', '40']);
  expect(drawn.map((bar) => bar.text())).toEqual(['8:00: 0', '9:00: 12']);
});
