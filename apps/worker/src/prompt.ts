import type { TurnAssignment } from '@talkide/contracts';

const LOST = `Your earlier conversation with this person is no longer available. Look at the project before you act, and
tell them in one short sentence that you have read it again.`;

const RETRIED = `Your last attempt at this was cut short and the files are back at the latest version. Start the work again;
do not rely on changes you remember making.`;

const variables = (
  names: readonly string[],
) => `The person has set these variables for the application: ${names.join(', ')}.
Code reads them from process.env at run time. Their values are secret: you cannot see them, and no code may show or log
them. If you need another one, ask the person to add it in Settings, Variables.`;

const note = (text: string) => `<note>${text.replace(/\n/g, ' ')}</note>\n\n`;

/** What the agent is told at the start of a turn: the person's words, after notes that only the platform knows. */
export function turnPrompt(
  turn: Pick<TurnAssignment, 'kind' | 'attempt' | 'prompt' | 'variables'>,
  sessionLost: boolean,
): string {
  const notes = [
    ...(sessionLost ? [LOST] : []),
    ...(turn.attempt > 1 ? [RETRIED] : []),
    ...(turn.variables.length > 0 ? [variables(turn.variables)] : []),
  ];
  const words = turn.kind === 'REPAIR' ? `<repair>\n${turn.prompt}\n</repair>` : turn.prompt;
  return `${notes.map(note).join('')}${words}`;
}
