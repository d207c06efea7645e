// Gets what a bare machine lacks: Node, packages, stacks' dependencies, the sandbox tool, the built web app.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';
import { Sentence, step } from './progress.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const toolchain = join(root, '.toolchain');
const NODE_VERSION = '24.21.0';
const NODE_NEEDED = [24, 12];

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
const isNew = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor >= NODE_NEEDED[1]);
};

/** Runs npm with a given Node: npm itself is the one that started us, or the one on the PATH. */
async function npm(node, args, options = {}) {
  const path = [dirname(node), process.env.PATH].filter(Boolean).join(delimiter);
  const env = { ...process.env, PATH: path };
  // npm start leaves its own settings in the environment; they would be taken for this call's.
  for (const name of Object.keys(env)) if (/^npm_(config|package|lifecycle)_/i.test(name)) delete env[name];
  const cli = process.env.npm_execpath;
  return cli && existsSync(cli) && cli.endsWith('.js')
    ? run(node, [cli, ...args], { env, ...options })
    : run('npm', args, { env, ...options });
}

/** Makes a folder all at once, so that a killed or a second start never sees half of it. */
export async function makeFolder(target, fill) {
  if (existsSync(target)) return;
  await mkdir(dirname(target), { recursive: true });
  const draft = await mkdtemp(`${target}.draft-`);
  // Temporary folders are private; what is made here is also run by other accounts (PostgreSQL's, sandboxes').
  await chmod(draft, 0o755);
  try {
    await fill(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}

/** The path of a Node that is new enough: this one, or one from npm. */
export async function ensureNode() {
  if (isNew()) return process.execPath;
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const folder = join(toolchain, `node-${NODE_VERSION}`);
  await step(`Getting Node ${NODE_VERSION}`, () =>
    makeFolder(folder, async (draft) => {
      await writeFile(join(draft, 'package.json'), '{"private":true}');
      await npm(
        process.execPath,
        [
          'install',
          '--no-save',
          '--no-audit',
          '--no-fund',
          '--ignore-scripts',
          `node-${os}-${process.arch}@${NODE_VERSION}`,
        ],
        { cwd: draft },
      );
    }),
  );
  return join(
    folder,
    'node_modules',
    `node-${os}-${process.arch}`,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
}

/** Installs the packages of the lockfile unless exactly these are installed. */
export async function ensurePackages(node) {
  const wanted = sha256(await readFile(join(root, 'package-lock.json')));
  const stamp = join(root, 'node_modules', '.talkide-lock');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  try {
    accessSync(root, constants.W_OK);
  } catch {
    throw new Sentence(
      `The folder ${root} cannot be written, so packages cannot be installed. Make it yours (chown) or clone elsewhere.`,
    );
  }
  await step('Installing packages', () => npm(node, ['ci', '--no-audit', '--no-fund'], { cwd: root }));
  await writeFile(stamp, wanted);
}

/** Name of the folder that holds the dependencies of a lockfile. */
export const dependenciesKey = (lockfile) => sha256(lockfile).slice(0, 32);

/** Installs each stack's dependencies once per machine; projects share them read-only. */
export async function ensureStacks(node) {
  const stacks = join(root, 'stacks');
  for (const name of await readdir(stacks)) {
    const template = join(stacks, name, 'template');
    const lockfile = await readFile(join(template, 'package-lock.json')).catch(() => null);
    if (!lockfile) continue;
    const target = join(toolchain, 'dependencies', dependenciesKey(lockfile));
    await step(`Installing the dependencies of the stack ${name}`, () =>
      makeFolder(target, async (draft) => {
        for (const file of ['package.json', 'package-lock.json']) await cp(join(template, file), join(draft, file));
        await npm(node, ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: draft });
      }),
    );
  }
}

async function sourceFiles(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !/(^|\/)(node_modules|dist)(\/|$)/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Builds the web app when its sources changed since the last build. */
export async function ensureWebApp(node) {
  const web = join(root, 'apps', 'web');
  const files = (await Promise.all([sourceFiles(web), sourceFiles(join(root, 'packages', 'contracts'))])).flat();
  const parts = await Promise.all(files.map(async (file) => [file.slice(root.length), await readFile(file)]));
  const wanted = sha256(await readFile(join(root, 'package-lock.json')), ...parts.flat());
  const stamp = join(web, 'dist', '.source-hash');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  await step('Building the web app', () =>
    run(node, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build'], { cwd: web }),
  );
  await writeFile(stamp, wanted);
}

const onPath = (command) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, command)));

/** Installs a Debian package that brings a command, when we may; else says what to install. */
export async function ensureCommand(command, debianPackage, why, { required }) {
  if (process.platform !== 'linux' || onPath(command)) return;
  if (process.getuid?.() === 0 && onPath('apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', debianPackage], { env });
    try {
      await step(`Installing ${debianPackage}`, () =>
        install().catch(() => run('apt-get', ['update'], { env }).then(install)),
      );
      return;
    } catch (error) {
      if (required) throw error;
    }
  }
  const sentence = `${why} needs ${command}. Install it, for example: sudo apt-get install ${debianPackage}`;
  if (required) throw new Sentence(sentence);
  process.stderr.write(`${sentence}\n`);
}

/** What sandboxes need that npm does not bring; the platform starts without it and says so. */
export async function ensureSandboxTools(system = process.platform) {
  const why = 'Running agents and applications safely';
  if (system === 'linux') return ensureCommand('bwrap', 'bubblewrap', why, { required: false });
  if (system !== 'darwin') return;
  // Seatbelt is there. /usr/bin/git is too, but only offers to install the tools that have git, and sandboxes are not asked.
  const hasTools = await run('xcode-select', ['-p']).then(
    () => true,
    () => false,
  );
  if (hasTools || ['/opt/homebrew/bin/git', '/usr/local/bin/git'].some((path) => existsSync(path))) return;
  process.stderr.write('Keeping versions of projects needs git. Install it with: xcode-select --install\n');
}
