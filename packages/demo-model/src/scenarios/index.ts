import type { Scenario } from '../scenario.ts';
import { bookingPage } from './booking-page.ts';
import { guestBook } from './guest-book.ts';
import { todoBoard } from './todo-board.ts';

export const SCENARIOS: Scenario[] = [guestBook, todoBoard, bookingPage];
