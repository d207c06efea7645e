/** Colours of the theme as the page shows them now: a canvas knows no variables, and the chart library no oklch. */
export function themeColours<K extends string>(at: HTMLElement, tokens: Record<K, string>): Record<K, string> {
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const read = (token: string): string => {
    if (!context) return 'gray';
    // One for each: an element that is there already would fade from one colour to the next.
    const probe = document.createElement('span');
    probe.style.color = `var(${token})`;
    at.append(probe);
    context.fillStyle = getComputedStyle(probe).color;
    probe.remove();
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    return `rgb(${r}, ${g}, ${b})`;
  };
  const entries = Object.entries<string>(tokens).map(([name, token]) => [name, read(token)]);
  return Object.fromEntries(entries);
}
