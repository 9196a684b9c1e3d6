// Runs the journeys of one browser: BROWSER=firefox node run.mjs [part of a file name...]
// Three files at once (TOGETHER=n): people on a page mostly wait, so two cores are
// busy for less than half of the time with two. Files that wait longest begin first,
// so that none of them is left running alone at the end.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const longest = ['languages', 'leaving', 'states', 'cards', 'pages', 'closing', 'hostile', 'history', 'recovery', 'tour', 'desk', 'thread', 'plain', 'letters'];
/** @param {string} file */
const turn = (file) => {
	const at = longest.findIndex((name) => file.startsWith(name));
	return at < 0 ? longest.length : at;
};
const files = readdirSync(path.join(here, 'journeys'))
	.filter((f) => f.endsWith('.test.mjs') && (wanted.length === 0 || wanted.some((w) => f.includes(w))))
	.sort((a, b) => turn(a) - turn(b) || a.localeCompare(b))
	.map((f) => path.join('journeys', f));
if (files.length === 0) {
	console.error(`no journey is named ${wanted.join(' or ')}`);
	process.exit(1);
}
const p = spawn(process.execPath, ['--test', `--test-concurrency=${process.env['TOGETHER'] ?? 3}`, '--test-reporter=spec', ...files], { cwd: here, stdio: 'inherit' });
p.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
