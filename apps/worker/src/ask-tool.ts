import { tool } from '@anthropic-ai/claude-agent-sdk';
import { z } from 'zod';

export const ASK_TOOL = 'mcp__talkide__ask';

export const Ask = z.object({
  question: z.string().min(1).max(1_000),
  options: z
    .array(z.object({ label: z.string().min(1).max(80), description: z.string().max(200).optional() }))
    .min(2)
    .max(6),
});
export type Ask = z.infer<typeof Ask>;

const DESCRIPTION = `Ask the person one question, shown as a card with your options as buttons. They may also answer in
their own words. Calling this ends your turn: say what you plan before you call it, and go on when the answer comes as
the next message. Use it only when the answer changes what you build.`;

/** Mara's tool for asking the person, after which the agent's turn ends. */
export function askTool() {
  return tool(
    'ask',
    DESCRIPTION,
    Ask.shape,
    async () => ({
      content: [{ type: 'text', text: 'The person sees the question. Their answer is the next message.' }],
      _meta: { 'claude/endTurn': true },
    }),
    { annotations: { readOnlyHint: true } },
  );
}
