// Looks at the HTML of every page that the walks of the route tables have left in
// a folder (make html, make validate): html-validate on each, and with --vnu the
// W3C's checker, which needs Java and is no part of the continuous run.
// node validate.mjs [--vnu JAR] FOLDER
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { HtmlValidate, StaticConfigLoader } from 'html-validate';

const words = process.argv.slice(2);
const jar = words[0] === '--vnu' ? words.splice(0, 2)[1] : '';
const folder = words[0] ?? '';
const pages = readdirSync(folder).filter((f) => f.endsWith('.html')).sort();
if (pages.length < 100) {
	console.error(`${folder} holds ${pages.length} pages: the walks have left out most of them`);
	process.exit(1);
}

const validator = new HtmlValidate(new StaticConfigLoader({
	extends: ['html-validate:recommended', 'html-validate:a11y'],
	rules: {
		// templ writes these in its own way, which is correct HTML.
		'void-style': 'off',
		'attribute-boolean-style': 'off',
		'no-trailing-whitespace': 'off',
		'doctype-style': 'off',
		'valid-id': ['error', { relaxed: true }],
		// Boxes to tick share a name: the server reads them as a list.
		'form-dup-name': ['error', { shared: ['radio', 'button', 'reset', 'submit', 'checkbox'] }],
		// A search that answers while one types and a key that is asked by a script send nothing by a button.
		'wcag/h32': 'off',
		// A table or a list that scrolls is a region and needs no heading of its own, which a section would.
		'prefer-native-element': ['error', { exclude: ['region'] }],
		// Numbers stand in links that may break where the screen is narrow.
		'tel-non-breaking': 'off',
	},
}));

/** @type {Map<string, Set<string>>} each fault, and the pages that have it */
const found = new Map();
/** @param {string} fault @param {string} page */
const add = (fault, page) => found.set(fault, (found.get(fault) ?? new Set()).add(page));

for (const page of pages) {
	// What stands in a template is filled by a script before anybody sees it: vnu
	// reads it as it is, and axe on the page, when it is there.
	const html = readFileSync(path.join(folder, page), 'utf8').replaceAll(/<template[\s>].*?<\/template>/gs, '');
	const report = await validator.validateString(html, page);
	for (const r of report.results) for (const m of r.messages) add(`html-validate ${m.ruleId}: ${m.message} (${m.selector ?? ''})`, `${page}:${m.line}:${m.column}`);
}
if (jar) {
	const p = spawnSync('java', ['-Xss4m', '-jar', jar, '--format', 'json', '--exit-zero-always', ...pages.map((f) => path.join(folder, f))], { encoding: 'utf8', maxBuffer: 1 << 28 });
	if (p.error || p.status !== 0) {
		console.error(`the checker did not run (it needs Java): ${p.error ?? p.stderr}`);
		process.exit(1);
	}
	for (const m of JSON.parse(p.stderr).messages) {
		if (m.type === 'info' && m.subType !== 'warning') continue;
		add(`vnu: ${m.message} (${String(m.extract ?? '').replaceAll(/\s+/g, ' ').slice(0, 120)})`, `${path.basename(m.url ?? '')}:${m.lastLine}`);
	}
}
for (const [fault, where] of found) console.log(`${fault}\n    on ${where.size} pages, such as ${[...where].slice(0, 3).join(', ')}`);
console.log(`${pages.length} pages, ${found.size} faults${jar ? '' : ' (html-validate alone)'}`);
process.exit(found.size ? 1 : 0);
