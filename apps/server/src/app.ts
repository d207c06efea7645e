import { type Ground, openGround } from './composition/ground.ts';
import { createLifetime } from './composition/lifetime.ts';
import { createPeople } from './composition/people.ts';
import { watchSeats } from './composition/seat-watch.ts';
import { serve } from './composition/serve.ts';
import { createWork } from './composition/work.ts';
import type { Config } from './config.ts';
import type { Give, Sockets } from './handover.ts';
import type { Home } from './home.ts';
import type { Logger } from './log.ts';
import { seatsOf } from './seats.ts';

/** What was made longer ago than this and belongs to no project is nobody's. */
const SHARED_MS = 3_600_000;

export interface Platform {
  url: string;
  /** Things the person at the terminal should know. */
  notes: string[];
  /**
   * Leaves to a successor: gives the listening sockets away, ends what is under way without cutting it, leaves workers to go
   * on, and stops.
   */
  handOver(give: Give): Promise<void>;
  /** Stops everything that was started; safe to call twice. */
  stop(): Promise<void>;
}

export interface PlatformOptions {
  config: Config;
  home: Home;
  logger: Logger;
  /** Listening sockets that a predecessor handed over. */
  sockets?: Sockets | undefined;
}

/** Puts the platform together: opens what it stands on, makes the modules, serves. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { config, home, logger } = options;
  const onError = (error: unknown) => logger.error({ err: error }, 'Work in the background failed');
  const lifetime = createLifetime(onError);
  // A successor takes the seat over as it is, and if none comes the others see that nobody has it.
  lifetime.add(() => (lifetime.leaving && home.shares ? undefined : home.release()));
  try {
    const ground = await openGround({ config, home, log: logger, lifetime, onError });
    const people = await createPeople(ground);
    const work = await createWork(ground, people);
    // Where others are at work in the home, what is new there may be theirs.
    await work.projects.sweep({ olderThanMs: home.shares ? SHARED_MS : 0 });
    await work.variables.start();
    await work.domains.start();
    await work.conversations.start(seatsOf(home.path));
    if (home.shares) lifetime.add(watchSeats(ground, work).close);
    const door = await serve(ground, people, work, options.sockets);
    await work.domains.watch();
    // Not awaited: the first template takes a second or two, and people may sign up meanwhile.
    const available = ground.runtime.status.status === 'available';
    work.hosting.start(available ? () => work.projects.templates() : async () => []).catch(onError);
    return {
      url: ground.publicUrl,
      notes: notesFor(ground),
      stop: lifetime.stop,
      handOver: async (give) => {
        lifetime.leaving = true;
        // First of all, while visitors are still served: a model call may take long.
        await Promise.all([door.announce(), work.gateway.drain()]);
        await door.give(give);
        await door.leave(work.conversations.closeFeeds);
        await work.hosting.settled();
        await lifetime.stop();
      },
    };
  } catch (error) {
    await lifetime.stop();
    throw error;
  }
}

function notesFor({ model, cli, paymentProvider, runtime: { status }, seat }: Ground): string[] {
  const isTest = paymentProvider.payments.provider === 'test';
  return [
    ...(seat.seat > 1 ? [`Another TalkIDE runs on this folder and database; this one is number ${seat.seat}.`] : []),
    ...(cli
      ? [
          'Agents run with your own Claude login (TALKIDE_EXECUTOR=cli) and on this machine’s network, kept from its files only.',
          'Builds stay in sandboxes without a network, applications behind a proxy to the public internet.',
        ]
      : []),
    ...(model.demo
      ? ['The demo model answers: a script, no key needed. Set TALKIDE_MODEL_API_KEY for a real one.']
      : []),
    ...(isTest ? ['Payments are in test mode: no real money moves. Set TALKIDE_STRIPE_* for Stripe.'] : []),
    ...(status.status === 'available' && status.grade === 'development'
      ? [
          'The sandboxes of this system are of development grade: for one person’s own platform, and refused once others have accounts.',
        ]
      : []),
    ...(status.status === 'unavailable' ? [`Agents and applications are off: ${status.reason} ${status.mend}`] : []),
  ];
}
