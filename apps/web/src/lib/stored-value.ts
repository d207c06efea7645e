/** A small value in localStorage; a browser that forbids storage simply forgets it. */
export const storedValue = (key: string) => ({
  read(): string | null {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  write(value: string | null): void {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, value);
    } catch {
      // Storage is full or forbidden: the choice lasts until the page is left.
    }
  },
});
