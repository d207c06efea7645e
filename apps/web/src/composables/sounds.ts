import type { SoundPreferences } from '@talkide/contracts';
import { useSession } from '@/stores/session';

export type SoundName = 'newMessage' | 'sendMessage' | 'taskCompleted' | 'taskError';
export const SOUND_NAMES = ['newMessage', 'sendMessage', 'taskCompleted', 'taskError'] as const;

/** Pitch (Hz), start and length (s) of a tone. */
type Tone = readonly [hertz: number, start: number, length: number];

const tunes: Record<SoundName, readonly Tone[]> = {
  sendMessage: [[587, 0, 0.09]],
  newMessage: [
    [659, 0, 0.12],
    [880, 0.08, 0.2],
  ],
  taskCompleted: [
    [523, 0, 0.14],
    [659, 0.09, 0.14],
    [784, 0.18, 0.34],
  ],
  taskError: [
    [330, 0, 0.18],
    [247, 0.14, 0.32],
  ],
};
/** Loudness at full volume; sine tones carry far. */
const LOUDEST = 0.25;
const ATTACK_S = 0.012;

let context: AudioContext | undefined;

/** Plays a sound at a volume of 0 to 100. Browsers stay silent until the person has touched the page. */
export function playSound(name: SoundName, volume: number): void {
  if (volume <= 0 || typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  void context.resume();
  const master = context.createGain();
  master.gain.value = LOUDEST * (volume / 100) ** 2;
  master.connect(context.destination);
  for (const tone of tunes[name]) playTone(context, master, tone);
}

function playTone(audio: AudioContext, out: AudioNode, [hertz, start, length]: Tone): void {
  const begin = audio.currentTime + start;
  const oscillator = audio.createOscillator();
  const envelope = audio.createGain();
  oscillator.type = 'sine';
  oscillator.frequency.value = hertz;
  envelope.gain.setValueAtTime(0, begin);
  envelope.gain.linearRampToValueAtTime(1, begin + ATTACK_S);
  envelope.gain.exponentialRampToValueAtTime(0.001, begin + length);
  oscillator.connect(envelope).connect(out);
  oscillator.start(begin);
  oscillator.stop(begin + length);
}

/** Whether the person wants to hear it. */
export const isWanted = (name: SoundName, preferences: SoundPreferences): boolean =>
  preferences[name] && preferences.masterVolume > 0;

/** Plays the four sounds as the account's preferences say. */
export function useSounds(): { play: (name: SoundName) => void } {
  const session = useSession();
  return {
    play(name) {
      const preferences = session.me?.sounds;
      if (preferences && isWanted(name, preferences)) playSound(name, preferences.masterVolume);
    },
  };
}
