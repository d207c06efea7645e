/** Texty rezervační stránky. */
export const texts = {
  title: 'Rezervace termínu',
  lead: 'Vyberte den a hodinu. Nezabere to ani minutu.',
  button: 'Rezervovat termín',
  dayTitle: 'Který den?',
  slotTitle: 'V kolik hodin?',
  formTitle: 'Kdo přijde?',
  loading: 'Načítám volné termíny…',
  retry: 'Zkusit znovu',
  full: 'Tento den je plný. Vyberte prosím jiný.',
  taken: 'obsazeno',
  free: (count: number) => (count === 0 ? 'plno' : `${count} volných`),
  chooseSlot: 'Nejdřív vyberte čas.',
  doneTitle: 'Těšíme se!',
  done: (when: string) => `Váš termín je ${when}. Máme ho zapsaný.`,
  again: 'Rezervovat další termín',
};
