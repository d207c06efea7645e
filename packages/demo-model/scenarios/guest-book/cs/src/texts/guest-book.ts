/** Texty knihy hostů. */
export const texts = {
  title: 'Kniha hostů',
  lead: 'Bylo nám s vámi krásně. Zanechte pár slov nám i těm, kdo přijdou po vás.',
  formTitle: 'Zápis do knihy',
  button: 'Zapsat se',
  thanks: 'Děkujeme za zápis.',
  entries: 'Zápisy',
  loading: 'Načítám zápisy…',
  retry: 'Zkusit znovu',
  emptyTitle: 'Zatím žádné zápisy',
  emptyText: 'Zapište se jako první. Vaše slova se tu hned objeví.',
};
