import type { Message, Turn } from '@talkide/contracts';
import { describe, expect, it } from 'vitest';
import { byId, emptyWorld } from '@/feed/world';
import { soundsOf } from './useWorkspaceSounds';

const message = (id: string, role: Message['role']) => ({ id, role }) as Message;
const turn = (status: Turn['status']) => ({ id: '1', status }) as Turn;
const worldOf = (messages: Message[], turns: Turn[] = []) => ({
  ...emptyWorld,
  messages: byId(messages),
  turns: byId(turns),
});
const said = message('10', 'USER');

describe('soundsOf', () => {
  it('rings for what Mara says, not for what is fetched', () => {
    expect(soundsOf(worldOf([said]), worldOf([said, message('11', 'PM')]))).toEqual(['newMessage']);
    expect(soundsOf(worldOf([said]), worldOf([said, message('11', 'USER')]))).toEqual([]);
    expect(soundsOf(worldOf([said]), worldOf([message('9', 'PM'), said]))).toEqual([]);
    expect(soundsOf(emptyWorld, worldOf([message('11', 'PM')]))).toEqual([]);
  });

  it('tells a turn that succeeded from one that failed', () => {
    const running = worldOf([said], [turn('RUNNING')]);
    expect(soundsOf(running, worldOf([said], [turn('SUCCEEDED')]))).toEqual(['taskCompleted']);
    expect(soundsOf(running, worldOf([said], [turn('FAILED')]))).toEqual(['taskError']);
    expect(soundsOf(running, worldOf([said], [turn('CANCELLED')]))).toEqual([]);
    expect(soundsOf(emptyWorld, worldOf([], [turn('SUCCEEDED')]))).toEqual([]);
  });
});
