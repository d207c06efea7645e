import { nextTick } from 'vue';

/** How far back is looked for a turn, in pages. */
const PAGES = 40;

export interface TurnSearch {
  /** Holds what is shown of the conversation; items that begin a turn are marked `data-turn`. */
  root(): HTMLElement | null;
  hasOlder(): boolean;
  /** Fetches what was said before. */
  older(): Promise<unknown>;
}

/** The first thing shown of a turn, fetching what was said before until it is there; null when it is not. */
export async function findTurn(turnId: string, { root, hasOlder, older }: TurnSearch): Promise<HTMLElement | null> {
  for (let page = 0; ; page++) {
    await nextTick();
    const found = root()?.querySelector<HTMLElement>(`[data-turn="${CSS.escape(turnId)}"]`);
    if (found) return found;
    if (page === PAGES || !hasOlder()) return null;
    await older();
  }
}

/** Above an item that was pointed to. */
const GAP_PX = 24;

function scrollerOf(element: HTMLElement): HTMLElement | null {
  for (let one = element.parentElement; one; one = one.parentElement)
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  return null;
}

/** Brings an item into sight and marks it for a moment; reading goes on from there. */
export function pointTo(element: HTMLElement): void {
  element.tabIndex = -1;
  // Not `scrollIntoView`: it moves the page as well.
  const scroller = scrollerOf(element);
  if (scroller)
    scroller.scrollTop += element.getBoundingClientRect().top - scroller.getBoundingClientRect().top - GAP_PX;
  element.focus({ preventScroll: true });
  element.classList.remove('pointed');
  // Read, so that the mark begins anew.
  void element.offsetWidth;
  element.classList.add('pointed');
}
