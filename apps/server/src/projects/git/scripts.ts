/** Where there is no `flock` (macOS): the lock is of the open file, so it stays when this ends. */
const lockByPerl = 'use Fcntl ":flock"; alarm 30; open(FILE, ">>&=", 9) && flock(FILE, LOCK_EX) or exit 1';

/**
 * The shell scripts that sandboxes run. Constant texts: whatever varies comes as `$1`, `$2`, … Those that write take a
 * lock that the kernel releases when the sandbox dies, so locks that git left behind then belong to nobody.
 */
export const locked = `
set -eu
exec 9>>"$GIT_DIR/talkide.lock"
if command -v flock >/dev/null; then flock -w 30 9; else perl -e '${lockByPerl}'; fi
rm -f "$GIT_DIR/index.lock" "$GIT_DIR/HEAD.lock" "$GIT_DIR/refs/heads/main.lock"
`;

/**
 * Takes the whole tree into the index. Repositories nested in it become plain folders, else their files would be lost;
 * what can't be read is made readable first and left out when that doesn't help. What there is no room for is not left
 * out: the index may hold an older tree, which would be taken for all of it.
 */
const stage = `
flatten() {
  find . -mindepth 2 -name node_modules -prune -o -name .git -prune -exec rm -rf {} +
}
stage() {
  { flatten && git add -A; } 2>/dev/null && return 0
  chmod -R u+rwX . 2>/dev/null || true
  flatten || true
  said=$(git add -A --ignore-errors 2>&1) && return 0
  printf '%s\\n' "$said" >&2
  case "$said" in *'No space left'* | *'uota exceeded'* | *'Out of diskspace'* | *'unable to write new'*) return 1 ;; esac
}
`;

/**
 * Points node_modules at the shared dependencies of the stack ($1), or at the project's own ($2) when its lockfile names
 * others. The link resolves in sandboxes only; `packagesKey` of hosting names them by the same rule.
 */
const link = `
link() {
  to=$1
  if [ -f package-lock.json ] && [ ! -L package-lock.json ]; then
    key=$({ sha256sum 2>/dev/null || shasum -a 256; } < package-lock.json | cut -c1-32)
    case "$1" in */"$key"/node_modules) ;; *) to=$2/$key/node_modules ;; esac
  fi
  [ "$(readlink node_modules 2>/dev/null || true)" = "$to" ] && return 0
  rm -rf node_modules
  ln -s "$to" node_modules
}
`;

/** In a repository: names the commit that the tree holds, while nobody is at it. */
export const STANDS_AT = 'talkide.tree';

/** Whoever changes the tree forgets first where it stands: what is cut off after that is known for what it is. */
const stands = `
stands_at() { [ "$(cat "$GIT_DIR/${STANDS_AT}" 2>/dev/null || true)" = "$1" ]; }
forget() { rm -f "$GIT_DIR/${STANDS_AT}"; }
note() { printf '%s' "$1" > "$GIT_DIR/${STANDS_AT}" 2>/dev/null || forget; }
`;

const changes = `
changes() {
  git diff-tree -r -z --raw --numstat -M -l400 --no-commit-id "$1" "$2"
}
`;

const hardReset = `
hard_reset() {
  { git reset -q --hard "$1" && git clean -qffd; } 2>/dev/null && return 0
  chmod -R u+rwX . 2>/dev/null || true
  git reset -q --hard "$1"
  git clean -qffd
}
`;

/** $1 stack name. A bare repository from the tree, with one commit that depends on nothing but its files. */
export const initScript = `
set -eu
env -u GIT_DIR -u GIT_WORK_TREE git init -q --bare --template= -b main "$GIT_DIR"
mkdir -p "$GIT_DIR/info"
printf 'node_modules\\n' > "$GIT_DIR/info/exclude"
printf '* -text -eol -filter -ident -working-tree-encoding\\n' > "$GIT_DIR/info/attributes"
git add -A
tree=$(git write-tree)
commit=$(git commit-tree "$tree" -m "Start from $1")
git update-ref refs/heads/main "$commit"
git repack -q -a -d
git pack-refs --all
printf '%s' "$commit" > "$GIT_DIR/${STANDS_AT}"
printf '%s %s' "$commit" "$tree"
`;

/** $1 parent, $2 message → `commit tree\0changes`, or nothing when the tree is as the parent. */
export const commitScript = `${locked}${stage}${stands}${changes}
stage
tree=$(git write-tree)
if [ "$tree" = "$(git rev-parse "$1^{tree}")" ]; then
  if [ -n "$(git ls-files -o -m --exclude-standard | head -c 1)" ]; then
    echo 'changes could not be staged' >&2
    exit 1
  fi
  note "$1"
  exit 0
fi
commit=$(git commit-tree "$tree" -p "$1" -m "$2")
git update-ref refs/heads/main "$commit"
note "$commit"
printf '%s %s\\0' "$commit" "$tree"
changes "$1" "$commit"
`;

/** What the tree holds now, as a git tree → its name. Nothing refers to it; the next commit finds its files stored already. */
export const snapshotScript = `${locked}${stage}
stage
printf '%s' "$(git write-tree)"
`;

/** $1 the commit to go back to, $2 name to keep what is there under, or empty, $3 and $4 of `link`. */
export const cleanScript = `${locked}${stage}${stands}${hardReset}${link}
forget
if [ -n "$2" ]; then
  stage
  tree=$(git write-tree)
  if [ "$tree" != "$(git rev-parse "$1^{tree}")" ]; then
    git update-ref "refs/attempts/$2" "$(git commit-tree "$tree" -p "$1" -m "Attempt $2")"
  fi
fi
git update-ref refs/heads/main "$1"
hard_reset "$1"
link "$3" "$4"
note "$1"
`;

/** $1 parent, $2 commit whose tree comes back, $3 message, $4 and $5 of `link` → `commit tree\0changes`. */
export const restoreScript = `${locked}${stands}${changes}${hardReset}${link}
forget
tree=$(git rev-parse "$2^{tree}")
commit=$(git commit-tree "$tree" -p "$1" -m "$3")
git update-ref refs/heads/main "$commit"
hard_reset "$commit"
link "$4" "$5"
note "$commit"
printf '%s %s\\0' "$commit" "$tree"
changes "$1" "$commit"
`;

/** Exit code of `editScript` when a folder of the path is a file or a link. */
export const PATH_BLOCKED = 20;

/**
 * $1 parent, $2 path, $3 mode, $4 message, $5 and $6 of `link`, content on standard input → `commit tree\0changes`, or
 * nothing when equal.
 */
export const editScript = `${locked}${stands}${changes}${hardReset}${link}
if ! stands_at "$1"; then
  hard_reset "$1"
  link "$5" "$6"
fi
git read-tree --reset "$1"
blob=$(git hash-object -w --stdin)
git update-index --add --cacheinfo "$3" "$blob" "$2" || exit ${PATH_BLOCKED}
tree=$(git write-tree)
[ "$tree" != "$(git rev-parse "$1^{tree}")" ] || exit 0
commit=$(git commit-tree "$tree" -p "$1" -m "$4")
forget
git update-ref refs/heads/main "$commit"
git checkout-index -q -f -u -- "$2"
note "$commit"
printf '%s %s\\0' "$commit" "$tree"
changes "$1" "$commit"
`;

/** $1 commit or tree. Lays its files into the tree's folder; needs no writable repository. */
export const checkoutScript = `
set -eu
export GIT_INDEX_FILE=/tmp/index
git read-tree "$1"
git checkout-index -q -a -f
`;

/** $1 commit. */
export const listScript = `exec git ls-tree -r -z -l "$1"`;

/** $1 commit, $2 path, $3 largest size → `mode type sha size\0content`, content only of files up to $3; or nothing. */
export const readScript = `
set -eu
entry=$(git ls-tree -l "$1" -- "$2")
[ -n "$entry" ] || exit 0
meta=\${entry%%"$(printf '\\t')"*}
printf '%s\\0' "$meta"
set -- $meta "$3"
[ "$2" = blob ] && [ "$4" -le "$5" ] || exit 0
exec git cat-file blob "$3"
`;

/** $1 older commit, $2 newer → changes, `\n\n`, then patches. Files too large to read as a diff count as binary. */
export const diffScript = `${changes}
set -eu
changes "$1" "$2"
printf '\\n\\n'
exec git -c core.bigFileThreshold=200k diff-tree -r -p -M -l400 --no-color --no-ext-diff --no-textconv "$1" "$2"
`;

/** $1 commit that clients see as the branch. Answers the first request of a clone or fetch. */
export const advertiseScript = `${locked}
git update-ref refs/heads/main "$1"
exec 9>&-
exec git upload-pack --strict --stateless-rpc --advertise-refs "$GIT_DIR"
`;

export const uploadPackScript = `exec git upload-pack --strict --stateless-rpc "$GIT_DIR"`;

/** Throws away what the tree's folder holds. */
export const eraseScript = `
chmod -R u+rwX . 2>/dev/null || true
find . -mindepth 1 -delete
`;
