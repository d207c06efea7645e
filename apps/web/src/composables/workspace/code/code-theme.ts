import { HighlightStyle } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Colours of code, by the same variables as everywhere else in the workspace. */
export const codeColours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp, tags.attributeValue], color: 'var(--code-string)' },
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.unit, tags.color], color: 'var(--code-constant)' },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.tagName, tags.heading],
    color: 'var(--code-function)',
  },
  { tag: [tags.typeName, tags.className, tags.attributeName, tags.propertyName], color: 'var(--code-name)' },
  { tag: tags.link, textDecoration: 'underline' },
]);

/** How the editor looks: the tokens of the design system reach into its shadow root. */
export const codeTheme = EditorView.theme({
  '&': { height: '100%', fontSize: '0.8125rem', color: 'var(--ink)', backgroundColor: 'var(--raised)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    lineHeight: '1.25rem',
  },
  '.cm-content': { padding: '0.5rem 0', caretColor: 'var(--ink)' },
  '.cm-gutters': { backgroundColor: 'var(--raised)', color: 'var(--faint)', border: 'none', paddingLeft: '0.25rem' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--surface)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-tint)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--hover)', outline: 'none' },
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--warning-wash)' },
  '.cm-panels': { backgroundColor: 'var(--surface)', color: 'var(--ink)', borderBottom: '1px solid var(--line)' },
  '.cm-panels input, .cm-panels button': {
    background: 'var(--sunken)',
    color: 'var(--ink)',
    border: '1px solid var(--line)',
    borderRadius: '0.375rem',
    fontFamily: 'inherit',
    fontSize: '0.8125rem',
    backgroundImage: 'none',
  },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--code-added)' },
  '.cm-deletedChunk': { backgroundColor: 'var(--code-removed)' },
  '.cm-changedText': { background: 'none', fontWeight: '600' },
});
