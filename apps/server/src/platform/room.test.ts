import { expect, test } from 'vitest';
import { createRoom, type RoomStatus } from './room.ts';

const MB = 1024 * 1024;

test('below the floor new work is refused with a sentence; it is told once, and once more when there is room again', async () => {
  let free = 500 * MB;
  const told: RoomStatus[] = [];
  const room = createRoom({
    ...{ folder: '/', floorMb: 100, onChange: (status) => told.push(status) },
    freeBytes: async () => free,
  });
  try {
    await room.require();
    free = 99 * MB;
    await expect(room.require()).rejects.toMatchObject({ code: 'room_low', facts: { freeMb: 99 }, status: 507 });
    await expect(room.require()).rejects.toThrow('little room');
    free = 100 * MB;
    await room.require();
    expect(told).toEqual([
      { freeMb: 99, floorMb: 100, low: true },
      { freeMb: 100, floorMb: 100, low: false },
    ]);
  } finally {
    room.close();
  }
});
