import { statfs } from 'node:fs/promises';
import { DomainError } from '../errors.ts';

export interface RoomStatus {
  freeMb: number;
  floorMb: number;
  /** Less is free than the floor: nothing new is begun. */
  low: boolean;
}

/** How much room is left on the disk of the home. New work is refused while it is low, so that what runs can end. */
export interface Room {
  look(): Promise<RoomStatus>;
  /** Throws `room_low` while there is too little. */
  require(): Promise<void>;
  close(): void;
}

export interface RoomOptions {
  folder: string;
  floorMb: number;
  /** Told when it becomes low, and when there is enough again. */
  onChange(status: RoomStatus): void;
  freeBytes?: (folder: string) => Promise<number>;
}

const LOOK_EVERY_MS = 5_000;
const MB = 1024 * 1024;

const freeOf = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

export function createRoom({ folder, floorMb, onChange, freeBytes = freeOf }: RoomOptions): Room {
  let wasLow = false;
  async function look(): Promise<RoomStatus> {
    const freeMb = Math.floor((await freeBytes(folder)) / MB);
    const status = { freeMb, floorMb, low: freeMb < floorMb };
    if (status.low !== wasLow) onChange(status);
    wasLow = status.low;
    return status;
  }
  const timer = setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS);
  timer.unref();
  return {
    look,
    async require() {
      const { low, freeMb } = await look();
      if (low) throw new DomainError('room_low', { freeMb });
    },
    close: () => clearInterval(timer),
  };
}
