import { describe, expect, it, vi } from 'vitest';
import { findTurn, pointTo } from './find-turn';

/** A conversation of which the newest turns are shown, and one more with each page. */
function talk(shown: number, all: number) {
  const root = document.createElement('div');
  document.body.append(root);
  let from = all - shown + 1;
  const show = () => {
    root.replaceChildren(
      ...Array.from({ length: all - from + 1 }, (_, i) => {
        const item = document.createElement('p');
        item.dataset.turn = String(from + i);
        return item;
      }),
    );
  };
  show();
  const older = vi.fn(async () => {
    from -= 1;
    show();
  });
  return { root: () => root, hasOlder: () => from > 1, older };
}

describe('the place of a turn', () => {
  it('is found at once where it is shown', async () => {
    const search = talk(3, 5);
    expect((await findTurn('4', search))?.dataset.turn).toBe('4');
    expect(search.older).not.toHaveBeenCalled();
  });

  it('is found among what was said before', async () => {
    const search = talk(1, 5);
    expect((await findTurn('2', search))?.dataset.turn).toBe('2');
    expect(search.older).toHaveBeenCalledTimes(3);
  });

  it('is nowhere when all was looked at, and the search has an end', async () => {
    const search = talk(1, 5);
    expect(await findTurn('9', search)).toBeNull();
    expect(search.older).toHaveBeenCalledTimes(4);
    const endless = { root: () => null, hasOlder: () => true, older: vi.fn(async () => {}) };
    expect(await findTurn('9', endless)).toBeNull();
    expect(endless.older).toHaveBeenCalledTimes(40);
  });

  it('has the focus and a mark once it is shown', async () => {
    const found = await findTurn('3', talk(3, 3));
    if (!found) throw new Error('not there');
    const scroller = document.createElement('div');
    scroller.style.overflowY = 'auto';
    found.parentElement?.replaceWith(scroller);
    scroller.append(found);
    found.getBoundingClientRect = () => ({ top: 400 }) as DOMRect;
    pointTo(found);
    expect(document.activeElement).toBe(found);
    expect(found.classList.contains('pointed')).toBe(true);
    expect(scroller.scrollTop).toBe(376);
  });
});
