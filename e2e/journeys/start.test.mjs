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
		await supervisor.follow('a[href="/start"]');
		const state = () => page.evaluate(() => /** @type {HTMLElement | null} */ (document.querySelector('#point-promise'))?.dataset['state'] ?? '');
		assert.equal(await state(), 'todo');
		for (const width of [1280, 390]) {
			await page.setViewport({ width, height: 800 });
			assert.deepEqual(await faults(page), [], `axe at ${width}`);
			assert.deepEqual(await tooWide(page), [], `nothing sticks out at ${width}`);
			await picture(page, `start-${dark ? 'dark' : 'light'}-${width}`);
		}
		await page.focus('#point-promise summary');
		await page.keyboard.press('Enter');
		assert.ok((await supervisor.text()).includes('We do not ask who you are'), 'the sentences stand there as visitors read them');
		assert.deepEqual(await faults(page), [], 'axe with the sentences open');
		await page.focus('#point-promise [name=read]');
		await page.keyboard.press('Space');
		await supervisor.follow('#point-promise form button');
		assert.equal(await state(), 'done');
		assert.ok((await supervisor.text()).includes(words('start.by', { who: 'Sam', day: new Date().toISOString().slice(0, 10) })));
	}, { dark, staffOnly: true });
}
