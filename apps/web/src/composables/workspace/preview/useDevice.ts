import { createGlobalState } from '@vueuse/core';
import { ref, watch } from 'vue';
import { storedValue } from '@/lib/stored-value';

export const DEVICES = ['full', 'tablet', 'phone'] as const;
export type Device = (typeof DEVICES)[number];
const isDevice = (value: string | null): value is Device => DEVICES.some((device) => device === value);

/** The size the preview is looked at; remembered in this browser. */
export const useDevice = createGlobalState(() => {
  const stored = storedValue('talkide.device');
  const saved = stored.read();
  const device = ref<Device>(isDevice(saved) ? saved : 'full');
  watch(device, (next) => stored.write(next));
  return { device };
});
