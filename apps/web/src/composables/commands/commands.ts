import { type Component, computed, type MaybeRefOrGetter, onScopeDispose, shallowReactive, toValue } from 'vue';

/** One line of the command palette. */
export interface Command {
  id: string;
  label: string;
  /** Heading it stands under; commands of a group stay together. */
  group: string;
  icon?: Component;
  /** More words to find it by. */
  keywords?: string;
  /** Hue of the project it belongs to. */
  accent?: string;
  run: () => void;
}

const sources = shallowReactive(new Set<() => Command[]>());

/** Adds commands to the palette while the component lives. */
export function useCommands(commands: MaybeRefOrGetter<Command[]>): void {
  const source = () => toValue(commands);
  sources.add(source);
  onScopeDispose(() => sources.delete(source));
}

/** Every command on offer now, those of the current screen (registered last) first. */
export const allCommands = computed(() => [...sources].reverse().flatMap((source) => source()));
