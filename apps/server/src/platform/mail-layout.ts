/** What a mail says: plain paragraphs and at most one link to press. */
export interface Letter {
  locale: 'en' | 'cs';
  heading: string;
  paragraphs: readonly string[];
  action?: { label: string; url: string };
  /** The small print below: what to do about a mail that comes unexpected. */
  closing: string;
}

const SIGNATURE = 'TalkIDE';
/** Lays a letter out as plain text and as HTML that mail programs show alike. */
export function layOut(letter: Letter): { text: string; html: string } {
  return { text: asText(letter), html: asHtml(letter) };
}

function asText({ heading, paragraphs, action, closing }: Letter): string {
  const link = action ? [`${action.label}:\n${action.url}`] : [];
  return [heading, ...paragraphs, ...link, closing, `-- \n${SIGNATURE}`].join('\n\n');
}

function asHtml({ locale, heading, paragraphs, action, closing }: Letter): string {
  const button = action
    ? `<p style="margin:24px 0"><a href="${escapeHtml(action.url)}" style="background:#1f2937;border-radius:8px;color:#ffffff;display:inline-block;font-weight:600;padding:12px 20px;text-decoration:none">${escapeHtml(action.label)}</a></p>
      <p style="color:#6b7280;font-size:13px;word-break:break-all">${escapeHtml(action.url)}</p>`
    : '';
  return `<!doctype html>
<html lang="${locale}">
  <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(heading)}</title></head>
  <body style="background:#f5f4f2;color:#1f2937;font-family:system-ui,-apple-system,'Segoe UI',sans-serif;font-size:16px;line-height:1.6;margin:0;padding:32px 16px">
    <div style="background:#ffffff;border-radius:12px;margin:0 auto;max-width:480px;padding:32px">
      <h1 style="font-size:20px;line-height:1.3;margin:0 0 16px">${escapeHtml(heading)}</h1>
      ${paragraphs.map((text) => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`).join('\n      ')}
      ${button}
      <p style="color:#6b7280;font-size:13px;margin:24px 0 0">${escapeHtml(closing)}<br>${SIGNATURE}</p>
    </div>
  </body>
</html>
`;
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
