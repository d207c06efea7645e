import type { Reply } from '../protocol.ts';
import { end, go, PACKAGES, packages } from '../reply.ts';
import { callsOf, type Stage } from '../stage.ts';

const PLAN = {
  en: (name: string) => `I add the package ${name}. What the app does stays as it is.`,
  cs: (name: string) => `Přidám balíček ${name}. Co aplikace dělá, se nezmění.`,
};
const DONE = {
  en: (name: string) => `Done: ${name} is installed and can be used from now on. Nothing uses it yet.`,
  cs: (name: string) => `Hotovo: balíček ${name} je nainstalovaný a dá se používat. Zatím ho nic nepoužívá.`,
};
const FAILED = {
  en: (name: string) => `I could not install ${name}, so nothing changed. This is what I was told:`,
  cs: (name: string) => `Balíček ${name} se nepodařilo nainstalovat, takže se nic nezměnilo. Dozvěděla jsem se toto:`,
};

/** Adds a package of the registry. */
export function playPackage({ locale, turn }: Stage, name: string): Reply {
  const call = callsOf(turn).findLast((each) => each.name === PACKAGES);
  if (!call) return go(PLAN[locale](name), packages(name));
  return end(call.isError ? `${FAILED[locale](name)}\n\n${call.result.slice(0, 1_500)}` : DONE[locale](name));
}
