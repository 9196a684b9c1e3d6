// The audit log: what was done is read as sentences, and whether it is whole.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

journey('promise: what is done leaves a trace that reads like sentences, and that can be checked', async (e) => {
	const supervisor = await e.supervisor();
	const { page } = supervisor;
	const at = (/** @type {string} */ path) => page.goto(e.line.staff('supervisor') + path);
	await at('/directory');
	const name = await page.evaluate(() => document.querySelector('.providers h2')?.textContent ?? '');
	await supervisor.follow('form[action$="/checked"] button');
	await at('/audit');
	await supervisor.toRead(words('audit.title'));
	const list = () => page.evaluate(() => [...document.querySelectorAll('.audit-list li p:nth-child(2)')].map((p) => p.textContent ?? ''));
	// The line enters things of its own too, so it need not be the first.
	const said = (await list()).find((text) => /said that .+ was checked\.$/.test(text)) ?? '';
	assert.ok(said.includes(name), 'the provider stands there by name');
	const checks = async () => (await list()).filter((text) => /checked the log: everything was as it should be\.$/.test(text)).length;
	const before = await checks(); // the line checks by itself a minute after its start
	await supervisor.follow('form[action="/audit/check"] button');
	await supervisor.toRead('every entry was as it was signed');
	await until('the check stands there', async () => await checks() > before);

	await page.select('#kind', 'log');
	await supervisor.follow('.audit-filter button');
	assert.ok((await list()).some((text) => text === words('audit.say.log.first')), 'the beginning of the log');
	assert.ok(!(await list()).includes(said), 'and nothing else');
	await page.select('#month', '');
	await page.select('#person', 'operator');
	await supervisor.follow('.audit-filter button');
	await supervisor.toRead(words('audit.none'));
	await supervisor.follow('.audit-filter a');

	for (const scheme of ['light', 'dark']) {
		await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
		for (const width of [1280, 390]) {
			await page.setViewport({ width, height: 800 });
			assert.deepEqual([...(await faults(page)), ...(await tooWide(page))], [], `${scheme}, ${width} px`);
			await picture(page, `audit-${scheme}-${width}`);
		}
	}
	await page.emulateMediaType('print');
	assert.ok(!(await supervisor.sees('.audit-filter')) && !(await supervisor.sees('header.top')), 'on paper only the log');
	await picture(page, 'audit-print');
}, { staffOnly: true });
