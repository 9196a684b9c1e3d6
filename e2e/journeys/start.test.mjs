// What is to do before a line opens: seen by the program, or somebody's word.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { picture } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { words } from '../lib/words.mjs';

for (const dark of [false, true]) {
	journey(`a supervisor reads the promise and puts a name to it, ${dark ? 'dark' : 'light'}`, async (e) => {
		const supervisor = await e.supervisor();
		const { page } = supervisor;
		await supervisor.go('/start');
		const state = () => page.evaluate(() => /** @type {HTMLElement | null} */ (document.querySelector('#point-promise'))?.dataset['state'] ?? '');
		assert.equal(await state(), 'todo');
		for (const width of [1280, 390]) {
			await page.setViewport({ width, height: 800 });
			assert.deepEqual(await faults(page), [], `axe at ${width}`);
			assert.deepEqual(await tooWide(page), [], `nothing sticks out at ${width}`);
			await picture(page, `start-${dark ? 'dark' : 'light'}-${width}`);
		}
		for (const width of [1280, 1024, 390, 320]) {
			await page.setViewport({ width, height: 800 });
			await page.focus('.places details:last-of-type summary.here');
			await page.keyboard.press('Enter');
			await supervisor.toSee('.places a[href="/start"][aria-current=page]');
			assert.deepEqual(await tooWide(page), [], `with a group of places open nothing sticks out at ${width}`);
			assert.deepEqual(await faults(page), [], `axe with a group of places open at ${width}`);
			await picture(page, `places-${dark ? 'dark' : 'light'}-${width}`);
			await page.keyboard.press('Tab');
			await page.keyboard.press('Escape');
			await supervisor.notToSee('.places a[href="/start"]');
			assert.ok(await page.evaluate(() => document.activeElement?.matches('summary.here')), 'the key goes back to the group');
		}
		const rows = await page.setViewport({ width: 1280, height: 800 }).then(() => page.evaluate(() => new Set([...document.querySelectorAll('.places > ul > li')].map((x) => x.getBoundingClientRect().top)).size));
		assert.equal(rows, 1, 'the places stand in one line');
		await page.focus('#point-promise summary');
		await page.keyboard.press('Enter');
		assert.ok((await supervisor.text()).includes('We do not ask who you are'), 'the sentences stand there as visitors read them');
		assert.deepEqual(await faults(page), [], 'axe with the sentences open');
		await page.focus('#point-promise [name=read]');
		await page.keyboard.press('Space');
		const before = new Date();
		await supervisor.follow('#point-promise form button');
		assert.equal(await state(), 'done');
		const text = await supervisor.text();
		assert.ok([before, new Date()].some((on) => text.includes(words('start.by', { who: 'Sam', day: on.toISOString().slice(0, 10) }))), 'who, and on which day: it may have become another one meanwhile');
	}, { dark, staffOnly: true });
}
