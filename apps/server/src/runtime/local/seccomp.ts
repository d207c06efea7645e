import { blockedCalls, judgedCalls } from './syscalls.ts';

export type SandboxArch = 'x64' | 'arm64';

const audit: Record<SandboxArch, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };
const load = 0x20; // BPF_LD | BPF_W | BPF_ABS
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const jumpIfAnyBit = 0x45;
const giveBack = 0x06;

const allow = 0x7fff0000;
const errno = (code: number) => 0x00050000 | code;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** Offsets in struct seccomp_data; both architectures are little-endian, so the low word of an argument comes first. */
const offset = { nr: 0, arch: 4, arg0: 16, arg1: 24 };

const newNamespaces = 0x7e020000; // CLONE_NEWNS|NEWCGROUP|NEWUTS|NEWIPC|NEWUSER|NEWPID|NEWNET
const x32Bit = 0x40000000;
const families = { unix: 1, inet: 2, inet6: 10, netlink: 16 };
const terminalInjection = [0x5412, 0x541c]; // TIOCSTI, TIOCLINUX

type Instruction = { code: number; yes: number; no: number; k: number };
const step = (code: number, k: number, yes = 0, no = 0): Instruction => ({ code, yes, no, k });

/** Runs `body`, which must end by returning, when the loaded call number is `nr`; the number is still loaded after it. */
function whenCall(nr: number, body: Instruction[]): Instruction[] {
  return [step(jumpIfEqual, nr, 0, body.length), ...body];
}

function onlyValues(argument: number, values: number[], otherwise: number): Instruction[] {
  return [
    step(load, argument),
    ...values.map((value, i) => step(jumpIfEqual, value, values.length - i)),
    step(giveBack, errno(otherwise)),
    step(giveBack, allow),
  ];
}

function notValues(argument: number, values: number[], refusal: number): Instruction[] {
  return [
    step(load, argument),
    ...values.map((value, i) => step(jumpIfEqual, value, values.length - i)),
    step(giveBack, allow),
    step(giveBack, errno(refusal)),
  ];
}

function judged(arch: SandboxArch): Instruction[] {
  const at = arch === 'x64' ? 0 : 1;
  return [
    // Its flags lie in memory a filter cannot read; on ENOSYS the C library uses clone, whose flags it can.
    ...whenCall(judgedCalls.clone3[at], [step(giveBack, errno(ENOSYS))]),
    ...whenCall(judgedCalls.clone[at], [
      step(load, offset.arg0),
      step(jumpIfAnyBit, newNamespaces, 1, 0),
      step(giveBack, allow),
      step(giveBack, errno(EPERM)),
    ]),
    // AF_VSOCK is no part of the network namespace: it reaches the hypervisor of a virtual machine.
    ...whenCall(judgedCalls.socket[at], onlyValues(offset.arg0, Object.values(families), EAFNOSUPPORT)),
    ...whenCall(judgedCalls.socketpair[at], onlyValues(offset.arg0, [families.unix], EAFNOSUPPORT)),
    ...whenCall(judgedCalls.ioctl[at], notValues(offset.arg1, terminalInjection, EPERM)),
  ];
}

function blocked(arch: SandboxArch): number[] {
  const at = arch === 'x64' ? 0 : 1;
  return Object.values(blockedCalls).flatMap((numbers) => numbers[at] ?? []);
}

/** The filter as instructions: everything is allowed but the listed calls; other architectures are refused whole. */
export function seccompProgram(arch: SandboxArch): Instruction[] {
  const refused = blocked(arch);
  return [
    step(load, offset.arch),
    step(jumpIfEqual, audit[arch], 1, 0),
    step(giveBack, errno(EPERM)),
    step(load, offset.nr),
    ...(arch === 'x64' ? [step(jumpIfAtLeast, x32Bit, 0, 1), step(giveBack, errno(EPERM))] : []),
    ...judged(arch),
    ...refused.map((nr, i) => step(jumpIfEqual, nr, refused.length - i)),
    step(giveBack, allow),
    step(giveBack, errno(EPERM)),
  ];
}

/** The filter in the kernel's form (struct sock_filter, 8 bytes each), as bubblewrap's --seccomp reads it. */
export function seccompFilter(arch: SandboxArch): Buffer {
  const program = seccompProgram(arch);
  const bytes = Buffer.alloc(program.length * 8);
  program.forEach((instruction, i) => {
    bytes.writeUInt16LE(instruction.code, i * 8);
    bytes.writeUInt8(instruction.yes, i * 8 + 2);
    bytes.writeUInt8(instruction.no, i * 8 + 3);
    bytes.writeUInt32LE(instruction.k >>> 0, i * 8 + 4);
  });
  return bytes;
}
