import { createGlobalState, useEventListener } from '@vueuse/core';
import { ref } from 'vue';

/** Whether the command palette is open. */
export const usePalette = createGlobalState(() => ({ open: ref(false) }));

/** ⌘K or Ctrl-K opens and closes the palette. Call once, in the shell. */
export function usePaletteShortcut(): void {
  const { open } = usePalette();
  useEventListener(document, 'keydown', (event) => {
    if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    open.value = !open.value;
  });
}

/** How the shortcut is written on this machine. */
export const paletteKeys = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K';
