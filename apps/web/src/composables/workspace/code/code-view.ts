import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { css } from '@codemirror/lang-css';
import { html } from '@codemirror/lang-html';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { sql } from '@codemirror/lang-sql';
import { vue } from '@codemirror/lang-vue';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { unifiedMergeView } from '@codemirror/merge';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { codeColours, codeTheme } from './code-theme';
import { type Language, languageOf } from './language-of';

interface CodeViewOptions {
  path: string;
  text: string;
  readOnly: boolean;
  /** What it is, read aloud. */
  label: string;
  onChange: (text: string) => void;
  onSave: () => void;
  /** Ctrl-Enter saves too. */
  runs?: boolean | undefined;
}

const languages: Partial<Record<Language, () => Extension>> = {
  typescript: () => javascript({ typescript: true }),
  javascript: () => javascript(),
  vue: () => vue(),
  html: () => html(),
  css: () => css(),
  json: () => json(),
  sql: () => sql(),
};

function extensionsFor({ path, readOnly, label, onChange, onSave, runs }: CodeViewOptions): Extension[] {
  const run = () => {
    onSave();
    return true;
  };
  const saving = ['Mod-s', ...(runs ? ['Mod-Enter'] : [])].map((key) => ({ key, run }));
  return [
    lineNumbers(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightSelectionMatches(),
    search({ top: true }),
    syntaxHighlighting(codeColours),
    codeTheme,
    languages[languageOf(path)]?.() ?? [],
    // Tab indents; Escape and then Tab leaves the editor, as CodeMirror documents.
    keymap.of([...saving, ...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
    EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
    ...(readOnly
      ? [EditorState.readOnly.of(true)]
      : [
          highlightActiveLine(),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) onChange(update.state.doc.toString());
          }),
        ]),
  ];
}

/**
 * An editor in a shadow root: there CodeMirror adopts its style sheets, while in the page it would add a <style> element
 * that the Content-Security-Policy refuses.
 */
export function createCodeView(host: HTMLElement, options: CodeViewOptions) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const comparison = new Compartment();
  const view = new EditorView({
    root,
    parent: root,
    doc: options.text,
    extensions: [...extensionsFor(options), comparison.of([])],
  });
  return {
    /** Replaces the text from outside; does nothing when it is there already. */
    show(text: string): void {
      const { doc } = view.state;
      if (doc.toString() !== text) view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
    },
    /** Shows what differs from another text; null shows the text alone. */
    compare(other: string | null): void {
      const shown = other === null ? [] : unifiedMergeView({ original: other, mergeControls: false });
      view.dispatch({ effects: comparison.reconfigure(shown) });
    },
    /** Puts the cursor there, where a person will look. */
    point(place: number): void {
      const anchor = Math.max(0, Math.min(place, view.state.doc.length));
      view.dispatch({ selection: { anchor }, scrollIntoView: true });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
