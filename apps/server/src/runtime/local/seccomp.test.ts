import { describe, expect, test } from 'vitest';
import { type SandboxArch, seccompFilter, seccompProgram } from './seccomp.ts';
import { blockedCalls, judgedCalls } from './syscalls.ts';

const audit = { x64: 0xc000003e, arm64: 0xc00000b7 };
const allow = 0x7fff0000;
const errno = (code: number) => 0x00050000 | code;

/** What the kernel would do: runs the program on one system call. */
function judge(arch: SandboxArch, call: { nr: number; arch?: number; args?: number[] }): number {
  const data = [call.nr, call.arch ?? audit[arch], 0, 0, ...[0, 1].flatMap((i) => [call.args?.[i] ?? 0, 0])];
  const program = seccompProgram(arch);
  let loaded = 0;
  for (let at = 0; at < program.length; at++) {
    const { code, k, yes, no } = program[at] ?? { code: 0, k: 0, yes: 0, no: 0 };
    if (code === 0x20) loaded = data[k / 4] ?? 0;
    else if (code === 0x15) at += loaded === k ? yes : no;
    else if (code === 0x35) at += loaded >= k ? yes : no;
    else if (code === 0x45) at += (loaded & k) !== 0 ? yes : no;
    else if (code === 0x06) return k;
    else throw new Error(`unknown instruction ${code}`);
  }
  throw new Error('ran off the end');
}

describe.each(['x64', 'arm64'] as const)('the filter for %s', (arch) => {
  const at = arch === 'x64' ? 0 : 1;

  test('refuses every listed call', () => {
    for (const numbers of Object.values(blockedCalls)) {
      const nr = numbers[at];
      if (nr !== null) expect(judge(arch, { nr })).toBe(errno(1));
    }
  });

  test('allows everything else', () => {
    const listed = [...Object.values(blockedCalls), ...Object.values(judgedCalls)].map((numbers) => numbers[at]);
    for (let nr = 0; nr < 470; nr++) if (!listed.includes(nr)) expect(judge(arch, { nr })).toBe(allow);
  });

  test('refuses calls of another architecture', () => {
    expect(judge(arch, { nr: 0, arch: 0x40000003 })).toBe(errno(1));
    expect(judge(arch, { nr: 0, arch: audit[arch === 'x64' ? 'arm64' : 'x64'] })).toBe(errno(1));
  });

  test('threads and processes yes, new namespaces no', () => {
    const thread = 0x3d0f00; // what pthread_create asks for
    expect(judge(arch, { nr: judgedCalls.clone[at], args: [thread] })).toBe(allow);
    for (const bit of [0x10000000, 0x20000000, 0x40000000, 0x00020000, 0x02000000]) {
      expect(judge(arch, { nr: judgedCalls.clone[at], args: [bit | 17] })).toBe(errno(1));
    }
    expect(judge(arch, { nr: judgedCalls.clone3[at] })).toBe(errno(38));
  });

  test.each([
    [1, allow],
    [2, allow],
    [10, allow],
    [16, allow],
    [17, errno(97)],
    [38, errno(97)],
    [40, errno(97)],
  ])('sockets of family %i', (family, verdict) => {
    expect(judge(arch, { nr: judgedCalls.socket[at], args: [family] })).toBe(verdict);
  });

  test('terminals may not be typed into', () => {
    expect(judge(arch, { nr: judgedCalls.ioctl[at], args: [0, 0x5412] })).toBe(errno(1));
    expect(judge(arch, { nr: judgedCalls.ioctl[at], args: [0, 0x5401] })).toBe(allow);
  });

  test('is eight bytes an instruction', () => {
    const program = seccompProgram(arch);
    const bytes = seccompFilter(arch);
    expect(bytes.length).toBe(program.length * 8);
    expect(bytes.readUInt32LE(12)).toBe(audit[arch]);
  });
});

test('the other numbering of x64 (x32) is refused', () => {
  expect(judge('x64', { nr: 0x40000000 | 101 })).toBe(errno(1));
});
