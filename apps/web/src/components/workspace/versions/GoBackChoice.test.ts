import { afterEach, describe, expect, it } from 'vitest';
import { h, ref } from 'vue';
import { mountScreen } from '@/testing/mount-screen';
import GoBackChoice from './GoBackChoice.vue';

afterEach(() => {
  document.body.innerHTML = '';
});

const createdAt = '2026-11-28T10:00:00.000Z';
type Status = 'KEPT' | 'COLLECTED' | 'TOO_LARGE' | 'FAILED';

async function open(status: Status | null) {
  const withData = ref(false);
  const checkpoint = status && { status, bytes: 1, createdAt };
  const screen = {
    setup: () => () =>
      h(GoBackChoice, {
        ...{ version: 3, checkpoint, modelValue: withData.value },
        'onUpdate:modelValue': (value: boolean) => {
          withData.value = value;
        },
      }),
  };
  const { wrapper } = await mountScreen(screen, '/');
  return { wrapper, withData };
}

describe('the choice of what goes back', () => {
  it('is the code alone until somebody chooses its data, too', async () => {
    const { wrapper, withData } = await open('KEPT');
    const [code, data] = wrapper.findAll('[role=radio]');
    expect(code?.attributes('aria-checked')).toBe('true');
    expect(data?.text()).toContain('data of version 3');
    await data?.trigger('click');
    expect(withData.value).toBe(true);
    await code?.trigger('click');
    expect(withData.value).toBe(false);
  });

  it.each([
    ['COLLECTED', 'has given way to newer ones'],
    ['TOO_LARGE', 'was too large to be kept'],
    ['FAILED', 'could not be kept'],
    [null, 'The data that the preview has now stays.'],
  ] as const)('is not there where no data is kept: %s', async (status, words) => {
    const { wrapper } = await open(status);
    expect(wrapper.findAll('[role=radio]')).toEqual([]);
    expect(wrapper.text()).toContain(words);
  });
});
