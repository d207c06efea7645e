/** The words of the booking page. */
export const texts = {
  title: 'Book a time',
  lead: 'Choose a day and an hour. It takes less than a minute.',
  button: 'Book this time',
  dayTitle: 'Which day?',
  slotTitle: 'At what time?',
  formTitle: 'Who is coming?',
  loading: 'Loading the free times…',
  retry: 'Try again',
  full: 'This day is full. Please choose another.',
  taken: 'taken',
  free: (count: number) => (count === 0 ? 'full' : `${count} free`),
  chooseSlot: 'Choose a time first.',
  doneTitle: 'See you then!',
  done: (when: string) => `Your time is ${when}. We have written it down.`,
  again: 'Book another time',
};
