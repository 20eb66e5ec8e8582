// The page around every page: head, header and footer. The demo page, which is served as it stands, is where they are
// written; the docs and the showroom borrow them from there.
import { readFileSync } from "node:fs";
import { inRoot } from "../lib/paths.mjs";

const demo = inRoot("www", "index.html");

/** The source files that every page depends on. */
export const layoutSources = [demo];

const part = (html, tag) => {
  const found = new RegExp(`<${tag} class="site-[^]*?</${tag}>`).exec(html);
  if (!found) throw new Error(`${demo} has no <${tag} class="site-…">`);
  return found[0];
};

export const escape = (text) => text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character]);

/**
 * @param {object} page
 * @param {string} page.title        of the document, as text
 * @param {string} page.description  one sentence, as text
 * @param {string} page.section      the entry of the site's navigation that is current, by its address
 * @param {string[]} page.styles     addresses of the page's own stylesheets
 * @param {string} page.body         HTML: <main id="content">, and what is around it
 * @returns {string} the whole document
 */
export function page({ title, description, section, styles, body }) {
  const html = readFileSync(demo, "utf8");
  const header = part(html, "header").replace(' aria-current="page"', "").replace(`href="${section}"`, `href="${section}" aria-current="true"`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)} · connect-widget</title>
<meta name="description" content="${escape(description)}">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
${["/static/site.css", ...styles].map((href) => `<link rel="stylesheet" href="${href}">`).join("\n")}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>

${header}

${body}

${part(html, "footer")}
</body>
</html>
`;
}
