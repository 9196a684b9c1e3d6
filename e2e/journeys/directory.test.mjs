// The directory, for those who look after it: what was checked today and by
// whom, and what is kept off cards.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

journey('a supervisor says by keyboard what was checked today, and keeps a provider off cards', async (e) => {
	const supervisor = await e.supervisor();
	await supervisor.page.bringToFront();
	await supervisor.go('/directory');
	const count = (/** @type {string} */ state) => supervisor.page.evaluate((s) => document.querySelectorAll(`.providers [data-state=${s}]`).length, state);
	const all = await count('check');
	assert.ok(all > 20, `${all} of the starter directory are to be checked`);
	assert.deepEqual(await faults(supervisor.page), [], 'axe on the directory');
	await picture(supervisor.page, 'directory', false);
	const name = await supervisor.page.evaluate(() => document.querySelector('.providers h2')?.textContent ?? '');

	/** Presses a button of the provider by key and waits until the page says so. @param {string} action @param {string} state */
	const act = async (action, state) => {
		await supervisor.page.evaluate((n, a) => {
			const card = [...document.querySelectorAll('.providers > li')].find((li) => li.querySelector('h2')?.textContent === n);
			/** @type {HTMLElement} */ (card?.querySelector(`form[action$="${a}"] button`)).focus();
		}, name, action);
		await supervisor.page.keyboard.press('Enter');
		await until(`${name} is ${state}`, () => supervisor.page.evaluate((n, s) => {
			const card = [...document.querySelectorAll('.providers > li')].find((li) => li.querySelector('h2')?.textContent === n);
			return document.readyState === 'complete' && card instanceof HTMLElement && card.dataset['state'] === s;
		}, name, state));
	};
	const today = () => new Date().toISOString().slice(0, 10);
	const before = today();
	await act('/checked', 'checked');
	assert.equal(await count('check'), all - 1);
	const text = await supervisor.text();
	assert.ok(text.includes(before) || text.includes(today()), 'the day stands there, also when it begins just now');
	await act('/hide', 'hidden');
	await supervisor.toRead(words('directory.show'));
	await act('/hide', 'checked');
	await supervisor.page.setViewport({ width: 320, height: 640 });
	assert.deepEqual(await tooWide(supervisor.page), []);
	assert.deepEqual(await faults(supervisor.page), [], 'axe on the directory, 320 px');

	const counsellor = await e.counsellor();
	assert.ok(!(await counsellor.sees('a[href="/directory"]')));
	await counsellor.page.goto(`${e.line.staff('counsellor')}/directory`);
	await counsellor.toRead(words('staff.trouble.forbidden'));
}, { staffOnly: true });
