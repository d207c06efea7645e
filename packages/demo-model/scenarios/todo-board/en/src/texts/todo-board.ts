/** The words of the board. */
export const texts = {
  title: 'Todo board',
  lead: 'Everything that is to be done, what is being done, and what is behind you.',
  button: 'Add task',
  formTitle: 'New task',
  loading: 'Loading the board…',
  retry: 'Try again',
  columns: { todo: 'To do', doing: 'Doing', done: 'Done' },
  empty: { todo: 'Nothing waits. Add a task.', doing: 'Nothing in progress.', done: 'Nothing done yet.' },
  back: (title: string) => `Move “${title}” back`,
  forward: (title: string) => `Move “${title}” on`,
  remove: (title: string) => `Delete “${title}”`,
  removed: 'Deleted.',
};
