/** Shorter values would mask ordinary words. */
const SHORTEST = 6;
/** Lines of a value of many lines; a shorter one may be a bracket or a word. */
const SHORTEST_LINE = 16;

/**
 * Base64 turns three bytes into four characters, so a value inside a longer text (`user:value` of an HTTP header) looks
 * one of three ways; what its neighbours have a say in is left out.
 */
function insideBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(Math.ceil((before * 8) / 6), whole);
  });
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [bytes.toString('base64').replace(/=+$/, ''), ...insideBase64(bytes)];
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    new URLSearchParams([['', value]]).toString().slice(1),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
  ].filter((form) => form.length >= SHORTEST);
}

/** Values as programs print them: as they are, line by line, in JSON, in URLs, in base64, in hexadecimal digits. */
export function printedForms(values: readonly string[]): Buffer[] {
  const forms = values
    .filter((value) => value.length >= SHORTEST)
    .flatMap((value) => [...formsOf(value), ...linesOf(value)]);
  return [...new Set(forms)].map((form) => Buffer.from(form));
}

const linesOf = (value: string): string[] =>
  value.includes('\n') ? value.split(/\r?\n/).filter((line) => line.length >= SHORTEST_LINE) : [];
