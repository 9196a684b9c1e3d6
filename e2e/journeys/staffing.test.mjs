// Who came, and how many people it takes: a page that is too early, a page with
// half a year behind it, and a question that is asked without scripts.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { words } from '../lib/words.mjs';

const root = path.join(import.meta.dirname, '..', '..');

/** The weeks behind a line, written as it would have written them. Meanwhile the road to the line stays open: it runs in this process. @param {string} folder @param {number} weeks @param {number} busy */
const before = (folder, weeks, busy) => promisify(execFile)('go', ['run', '.ci/arrivals.go', folder, String(weeks), String(busy)], { cwd: root });

for (const dark of [false, true]) {
	journey(`a supervisor reads who was missed and asks what if, ${dark ? 'in the dark' : 'by keyboard and without scripts'}`, async (e) => {
		const sam = await e.supervisor();
		if (!dark) {
			await sam.go('/staffing');
			await sam.toRead(words('staffing.few.title'));
			assert.ok(!(await sam.sees('#heat')), 'nothing is shown too early');
			assert.ok(await sam.page.$eval('#cover', (n) => n.checkVisibility()), 'what is planned is shown from the first day on');
			await picture(sam.page, 'staffing-early');
		}
		await before(e.line.folder, 26, 3);
		if (!dark) await sam.page.setJavaScriptEnabled(false);
		await sam.go('/staffing');
		await sam.toRead(words('staffing.trial'));
		for (const width of [1280, 390]) {
			await sam.page.setViewport({ width, height: 800 });
			assert.deepEqual([...(await faults(sam.page)), ...(await tooWide(sam.page))], [], `at ${width} px`);
			assert.equal(await sam.page.$eval('.halves', (n) => n.checkVisibility()), width > 700, 'half hours on a desk, hours on a phone');
			assert.ok(await sam.page.$$eval('.heat.planned', (all) => all.length > 20), 'the planned cover stands beside the map');
			assert.ok(await sam.page.$$eval('.advised', (all) => all.length > 30 && all.every((n) => getComputedStyle(n).display === 'table-cell')), 'the advice stands in its table');
			await picture(sam.page, `staffing-${dark ? 'dark' : 'light'}-${width}`);
		}
		if (dark) return;
		await sam.page.setViewport({ width: 1280, height: 800 });
		await sam.page.focus('#ask-day');
		await sam.page.keyboard.press('ArrowDown');
		for (let i = 0; i < 3; i++) await sam.page.keyboard.press('Tab'); // from, to, people
		await Promise.all([sam.page.waitForNavigation(), sam.page.keyboard.press('Enter')]); // all of it: without scripts nothing waits for the styles
		await sam.toRead('are answered');
		assert.equal(new URL(sam.page.url()).searchParams.get('people'), '2', 'a form in the address');
		assert.deepEqual(await faults(sam.page), [], 'the answer');
		await picture(sam.page, 'staffing-answer');
		await sam.page.goto(`${e.line.staff('supervisor')}/staffing?day=9&from=19:00&to=late&people=2&each=1&minutes=45&patience=10&least=2`);
		await sam.toRead(words('staffing.problem.hours'));
		assert.deepEqual(await faults(sam.page), [], 'the problem');
		await sam.page.emulateMediaType('print');
		await sam.page.setViewport({ width: 794, height: 1123 });
		await picture(sam.page, 'staffing-print');
	}, { staffOnly: true, dark, rota: true });
}
