/** What a person may start from; texts are `projects.idea.<key>.*`. */
export const IDEAS = [
  { key: 'guestBook', hue: '70' },
  { key: 'todoBoard', hue: '255' },
  { key: 'bookingPage', hue: '145' },
] as const;
export type IdeaKey = (typeof IDEAS)[number]['key'];
