import { fold } from '@/lib/fold';
import type { Command } from './commands';

/** Commands that hold every word of the query, under their headings in order of appearance. */
export function groupCommands(commands: readonly Command[], query: string): { name: string; commands: Command[] }[] {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const groups = new Map<string, Command[]>();
  for (const command of commands) {
    const haystack = fold(`${command.label} ${command.group} ${command.keywords ?? ''}`);
    if (!words.every((word) => haystack.includes(word))) continue;
    groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  }
  return [...groups].map(([name, found]) => ({ name, commands: found }));
}
