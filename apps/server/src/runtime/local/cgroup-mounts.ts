/** One mounted cgroup hierarchy and where this process stands in it. */
export type CgroupMount = { version: 1 | 2; controllers: string[]; root: string; own: string };

function ownPaths(procCgroup: string): Map<string, string> {
  const lines = procCgroup.trim().split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, controllers = '', ...path] = line.split(':');
      return controllers.split(',').map((name): [string, string] => [name, path.join(':')]);
    }),
  );
}

/** Reads `/proc/self/mountinfo` and `/proc/self/cgroup` texts. Where a container shows a part of the tree, paths are cut to it. */
export function cgroupMounts(mountinfo: string, procCgroup: string): CgroupMount[] {
  const own = ownPaths(procCgroup);
  return mountinfo.split('\n').flatMap((line): CgroupMount[] => {
    const [before = '', after = ''] = line.split(' - ');
    const [type, , options = ''] = after.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') return [];
    const [, , , shown = '/', root = ''] = before.split(' ');
    const controllers = type === 'cgroup2' ? [''] : options.split(',').filter((name) => own.has(name));
    const path = own.get(controllers[0] ?? '') ?? '/';
    const below = shown !== '/' && path.startsWith(shown) ? path.slice(shown.length) : path;
    return [{ version: type === 'cgroup2' ? 2 : 1, controllers, root, own: `${root}${below}`.replace(/\/$/, '') }];
  });
}
