/** Leaves the app for another page in this tab. */
export const leaveTo = (url: string): void => window.location.assign(url);
