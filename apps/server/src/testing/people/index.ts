export { TestBrowser } from './browser.ts';
export { freshEmail, PASSWORD, peopleServer, startPeopleServer, TestClock } from './server.ts';
