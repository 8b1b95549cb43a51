import { createHash } from 'node:crypto';
import type { ParameterizedContext } from 'koa';

/** Everything inline: the pages load nothing, so they work without a network and under the strictest policy. */
const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#f3f5f8, #10151d); color: light-dark(#17202c, #e8edf4) }
main { width: min(24rem, 100vw - 2rem); box-sizing: border-box; padding: 2rem; border-radius: 16px;
  background: light-dark(#fff, #1a212c); box-shadow: 0 1px 2px #0002, 0 8px 32px #0001 }
h1 { margin: 0 0 .25rem; font-size: 1.375rem; line-height: 1.25 }
p { margin: 0 0 1.5rem; color: light-dark(#4d5a6b, #a9b5c5) }
form, .choices { display: grid; gap: .625rem }
button { font: inherit; padding: .75rem 1rem; border-radius: 10px; cursor: pointer; text-align: start; color: inherit;
  border: 1px solid light-dark(#c3ccd8, #3d4a5c); background: none }
button:hover { background: light-dark(#f0f4fa, #232d3b) }
button:focus-visible { outline: 3px solid light-dark(#1f5fd0, #8ab4ff); outline-offset: 2px }
small { display: block; color: light-dark(#4d5a6b, #a9b5c5) }
`;

const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'`;

/** Answers with a page. `content` is HTML: what came from elsewhere goes through {@link escapeHtml}. */
export function showPage(context: ParameterizedContext, title: string, content: string): void {
  context.set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store' });
  context.type = 'html';
  context.body = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${content}
</main>
</html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
