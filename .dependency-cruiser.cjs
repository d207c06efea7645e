/** Module boundaries: a module's face is its index.ts; adapters and modules meet in the composition only. */
const modules =
  'data|domains|egress|identity|tenancy|projects|conversations|credit|executor|gateway|hosting|metrics|operations|usage|variables';

module.exports = {
  forbidden: [
    {
      name: 'modules-through-their-face',
      comment: "Import another module's index.ts, not its inside.",
      severity: 'error',
      from: { path: `^apps/server/src/(${modules}|runtime|adapters/[^/]+)/` },
      to: {
        path: `^apps/server/src/(${modules}|runtime|adapters/[^/]+)/`,
        pathNot: ['^apps/server/src/$1/', '/index\\.ts$', '^apps/server/src/runtime/runtime\\.ts$'],
      },
    },
    {
      name: 'composition-through-faces',
      comment: 'The composition too takes modules by their face.',
      severity: 'error',
      from: { path: '^apps/server/src/[^/]+\\.ts$' },
      to: { path: `^apps/server/src/(${modules})/`, pathNot: '/index\\.ts$' },
    },
    {
      name: 'platform-knows-no-module',
      severity: 'error',
      from: { path: '^apps/server/src/platform/' },
      to: { path: `^apps/server/src/(${modules}|runtime|adapters)/` },
    },
    {
      name: 'runtime-knows-no-module',
      severity: 'error',
      from: { path: '^apps/server/src/runtime/' },
      to: { path: `^apps/server/src/(${modules}|adapters)/` },
    },
    {
      name: 'applications-apart',
      comment: 'Server, worker and web app share packages only.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'packages-know-no-application',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|scenarios|node_modules)/|\\.generated\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.vue'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types'],
    },
  },
};
