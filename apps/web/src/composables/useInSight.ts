import { watchPostEffect } from 'vue';

/** Brings the open one into sight where a row of tabs or links is wider than the screen. */
export function useInSight(open: () => Element | null | undefined): void {
  watchPostEffect(() => open()?.scrollIntoView({ block: 'nearest', inline: 'nearest' }));
}
