import type { LiveEvent } from '@talkide/contracts';

/** PostgreSQL refuses notifications of 8,000 bytes; the rest of the event and its envelope take less than 800. */
const TEXT_BYTES = 6_700;

/** Cuts long texts so that each part fits a notification as JSON; a surrogate pair is never torn. */
export function splitText(event: LiveEvent): LiveEvent[] {
  if (event.type === 'turn.cost' || event.type === 'text.snapshot') return [event];
  const { text, offset } = event;
  const parts: LiveEvent[] = [];
  let start = 0;
  let bytes = 0;
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at) ?? 0;
    const cost = jsonBytes(point);
    if (bytes + cost > TEXT_BYTES) {
      parts.push({ ...event, offset: offset + start, text: text.slice(start, at) });
      start = at;
      bytes = 0;
    }
    bytes += cost;
    at += point > 0xffff ? 2 : 1;
  }
  return [...parts, { ...event, offset: offset + start, text: text.slice(start) }];
}

/** Bytes of a character inside a JSON string, in UTF-8. */
function jsonBytes(point: number): number {
  if (point < 0x20) return 6;
  if (point === 0x22 || point === 0x5c) return 2;
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  // Half a surrogate pair is written as an escape.
  if (point >= 0xd800 && point <= 0xdfff) return 6;
  return point > 0xffff ? 4 : 3;
}
