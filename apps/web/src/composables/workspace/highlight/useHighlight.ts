import { type MaybeRefOrGetter, type Ref, shallowRef, toValue, watch } from 'vue';
import { highlight } from './highlighter';
import { plainLines, type Token } from './tokens';

/** Larger code (UTF-16 units) stays plain. */
const MAX_UNITS = 60_000;

/** Lines of code as tokens: plain at once, coloured a moment later. */
export function useHighlight(code: MaybeRefOrGetter<string>, language: MaybeRefOrGetter<string>): Ref<Token[][]> {
  const lines = shallowRef<Token[][]>([]);
  watch(
    () => [toValue(code), toValue(language)] as const,
    async ([text, name], before) => {
      // While code is being written, its coloured beginning stays until the next colouring is there.
      if (!before?.[0] || !text.startsWith(before[0])) lines.value = plainLines(text);
      if (name === 'text' || text.length > MAX_UNITS) {
        lines.value = plainLines(text);
        return;
      }
      const coloured = await highlight(text, name);
      if (toValue(code) === text) lines.value = coloured;
      else if (toValue(code).startsWith(text))
        lines.value = [...coloured, ...plainLines(toValue(code)).slice(coloured.length)];
    },
    { immediate: true },
  );
  return lines;
}
