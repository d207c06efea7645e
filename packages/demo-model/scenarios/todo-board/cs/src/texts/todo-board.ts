/** Texty nástěnky. */
export const texts = {
  title: 'Nástěnka úkolů',
  lead: 'Co je potřeba udělat, na čem se pracuje a co už je za vámi.',
  button: 'Přidat úkol',
  formTitle: 'Nový úkol',
  loading: 'Načítám nástěnku…',
  retry: 'Zkusit znovu',
  columns: { todo: 'Udělat', doing: 'Rozdělané', done: 'Hotovo' },
  empty: { todo: 'Nic nečeká. Přidejte úkol.', doing: 'Na ničem se nepracuje.', done: 'Zatím nic hotového.' },
  back: (title: string) => `Vrátit „${title}“ o krok zpět`,
  forward: (title: string) => `Posunout „${title}“ dál`,
  remove: (title: string) => `Smazat „${title}“`,
  removed: 'Smazáno.',
};
