/** The looks of the pages; colours are those of TalkIDE. */
export const style = `:root {
  color-scheme: light dark;
  --canvas: light-dark(oklch(0.968 0.0055 82), oklch(0.183 0.005 60));
  --raised: light-dark(oklch(1 0 0), oklch(0.236 0.0055 60));
  --sunken: light-dark(oklch(0.953 0.006 80), oklch(0.17 0.005 60));
  --line: light-dark(oklch(0.84 0.01 78), oklch(0.38 0.006 60));
  --ink: light-dark(oklch(0.25 0.014 60), oklch(0.945 0.006 85));
  --muted: light-dark(oklch(0.44 0.014 65), oklch(0.775 0.009 80));
  --on-ink: light-dark(oklch(0.985 0.004 85), oklch(0.2 0.008 65));
  --warning-ink: light-dark(oklch(0.42 0.095 65), oklch(0.87 0.11 82));
  --warning-wash: light-dark(oklch(0.955 0.04 82), oklch(0.28 0.04 70));
  --danger: light-dark(oklch(0.55 0.19 27), oklch(0.7 0.17 25));
  --danger-ink: light-dark(oklch(0.47 0.17 27), oklch(0.81 0.11 22));
  --danger-wash: light-dark(oklch(0.955 0.022 25), oklch(0.275 0.05 25));
  --positive-ink: light-dark(oklch(0.42 0.1 150), oklch(0.83 0.12 150));
  --positive-wash: light-dark(oklch(0.95 0.035 150), oklch(0.27 0.04 150));
}
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; }
* { box-sizing: border-box; margin: 0; }
body {
  background: var(--canvas);
  color: var(--ink);
  font: 15px/1.6 "Geist Variable", ui-sans-serif, system-ui, sans-serif;
  -webkit-font-smoothing: antialiased;
}
main { max-width: 30rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; display: grid; gap: 1rem; }
@media (min-width: 40rem) { main { padding-top: 4rem; } }
h1 { font-size: 1.25rem; line-height: 1.4; letter-spacing: -0.012em; }
h2 { font-size: 0.9375rem; }
.sum { font-size: 2.25rem; line-height: 1.2; font-weight: 620; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.muted { color: var(--muted); font-size: 0.8125rem; }
.card { background: var(--raised); border-radius: 1rem; padding: 1.5rem; display: grid; gap: 1rem; box-shadow: 0 0 0 1px light-dark(oklch(0.25 0.014 60 / 0.06), oklch(1 0 0 / 0.05)); }
.note { border-radius: 0.75rem; padding: 0.75rem 1rem; font-size: 0.8125rem; }
.note strong { display: block; font-size: 0.875rem; }
.test { background: var(--warning-wash); color: var(--warning-ink); }
.bad { background: var(--danger-wash); color: var(--danger-ink); }
.good { background: var(--positive-wash); color: var(--positive-ink); }
form { display: grid; gap: 1rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
label { display: grid; gap: 0.375rem; font-size: 0.8125rem; font-weight: 550; }
.field { display: grid; gap: 0.375rem; align-content: start; }
input {
  font: inherit; width: 100%; height: 2.5rem; padding: 0 0.75rem; color: inherit; background: var(--sunken);
  border: 1px solid var(--line); border-radius: 0.5rem; font-variant-numeric: tabular-nums;
}
input[aria-invalid] { border-color: var(--danger); }
.field p { color: var(--danger-ink); font-size: 0.8125rem; }
button, .button {
  font: inherit; font-weight: 550; min-height: 2.75rem; border: 0; border-radius: 0.75rem; cursor: pointer; text-align: center;
  background: var(--ink); color: var(--on-ink); padding: 0.6rem 1rem; text-decoration: none;
}
.pair button { height: 100%; }
button.quiet { background: var(--sunken); color: var(--ink); }
a { color: inherit; }
.back { justify-self: center; font-size: 0.875rem; color: var(--muted); padding: 0.25rem; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
ul { list-style: none; padding: 0; display: grid; gap: 0.5rem; }
li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 0.75rem; justify-content: space-between; font-size: 0.8125rem; color: var(--muted); }
code { font: 0.8125rem ui-monospace, monospace; color: var(--ink); white-space: nowrap; user-select: all; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0.5rem 1.5rem; font-size: 0.875rem; }
dt { color: var(--muted); }
dd { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
`;
