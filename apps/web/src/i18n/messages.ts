/** A tree of texts; leaves are strings. */
export interface Messages {
  [key: string]: string | Messages;
}
export type MessageModules = Record<string, { default: Messages }>;

/** Texts by area: `./en/studio.ts` becomes `studio.*`. */
export const collectMessages = (modules: MessageModules): Record<string, Messages> =>
  Object.fromEntries(
    Object.entries(modules).map(([path, module]) => [path.replace(/^.*\/(.+)\.ts$/, '$1'), module.default]),
  );

/** Every leaf as a dotted key. */
export const flatKeys = (messages: Messages, prefix = ''): string[] =>
  Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : flatKeys(value, `${prefix}${key}.`),
  );
