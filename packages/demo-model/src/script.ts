import { ABOUT } from './about.ts';
import { playMara } from './plays/mara.ts';
import { playSpecialist } from './plays/specialist.ts';
import type { MessagesRequest, Reply } from './protocol.ts';
import { end } from './reply.ts';
import { stageOf } from './stage.ts';
import { localeOf, roleOf } from './transcript.ts';

/** Decides the next message of the agent that asks, from the transcript alone. */
export function nextReply(request: MessagesRequest): Reply {
  switch (roleOf(request)) {
    case 'talkide-pm':
      return playMara(stageOf(request));
    case 'talkide-backend-dev':
    case 'talkide-frontend-dev':
      return playSpecialist(stageOf(request), roleOf(request) === 'talkide-backend-dev' ? 'backend' : 'frontend');
    default:
      return end(ABOUT[localeOf(request)]);
  }
}
