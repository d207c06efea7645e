/** The words of the guest book. */
export const texts = {
  title: 'Guest book',
  lead: 'It was lovely to have you here. Leave a few words for us and for those who come after you.',
  formTitle: 'Sign the guest book',
  button: 'Sign',
  thanks: 'Thank you for signing.',
  entries: 'Entries',
  loading: 'Loading the entries…',
  retry: 'Try again',
  emptyTitle: 'No entries yet',
  emptyText: 'Be the first to sign. Your words appear here at once.',
};
