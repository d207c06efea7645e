import { z } from 'zod';

const Argv = z.array(z.string().min(1)).min(1);
const RelativePath = z.string().regex(/^(?!\/)(?!.*\.\.)[\w./-]+$/);

/** The shape of `stacks/<id>/stack.json`. */
export const StackManifest = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,100}$/),
  name: z.string().min(1).max(200),
  backendLanguage: z.string().min(1),
  backendFramework: z.string().min(1),
  frontendLanguage: z.string().min(1),
  frontendFramework: z.string().min(1),
  /** Run with the tree as working directory. */
  commands: z.strictObject({ install: Argv, build: Argv, test: Argv, run: Argv }),
  healthPath: z.string().regex(/^\/[\w/.-]*$/),
  /** What of the tree makes the artefact after a build. */
  outputs: z.array(RelativePath).min(1),
  /** Folder of SQL files among the outputs; the application runs each once and notes its name and digest in `app_migration`. */
  migrations: RelativePath.optional(),
  /** What the agents must know, a file of the template. */
  notes: RelativePath,
});
export type StackManifest = z.infer<typeof StackManifest>;
