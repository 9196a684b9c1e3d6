// Somebody who is removed while online is out at once; who can open what, and
// notes that are held, stand on pages of their own.
import assert from 'node:assert/strict';
import { faults, tooWide } from '../lib/axe.mjs';
import { journey } from '../lib/journey.mjs';
import { together } from '../lib/people.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

journey('who is removed while online is out at once, and the visitor can wait for somebody else', async (e) => {
	const { visitor, counsellor } = await together(e);
	const boss = await e.supervisor();
	const people = `${e.line.staff('supervisor')}/people`;
	await boss.page.goto(`${e.line.staff('supervisor')}/keys`);
	await boss.toRead('Robin Demonstration');
	await boss.page.goto(people);
	await visitor.tell('is somebody there?');

	const robin = await boss.page.evaluate(() => [...document.querySelectorAll('a')].find((a) => a.textContent?.includes('Robin Demonstration'))?.getAttribute('href') ?? '');
	await boss.page.goto(new URL(robin, people).href);
	await boss.follow('a[href$="/roles"]');
	assert.deepEqual(await faults(boss.page), [], 'axe on the page of roles');
	await boss.page.goto(new URL(`${robin}/remove`, people).href);
	assert.deepEqual(await faults(boss.page), [], 'axe on the page of the removal');
	for (const width of [1280, 390]) {
		await boss.page.setViewport({ width, height: 900 });
		assert.deepEqual(await tooWide(boss.page), [], `the page of the removal at ${width}`);
		await e.pictures(`removal-${width}`);
	}
	await boss.press('input[name=sure]');
	await boss.follow('form[data-once] button[type=submit]');
	await boss.toRead(words('removed.done', { name: 'Robin Demonstration' }));

	await visitor.toEnd();
	await visitor.toRead(words('js.closed.left.p'));
	await until('the desk says that its person is out', async () => (await counsellor.sees('#login-gone')) || new URL(counsellor.page.url()).pathname === '/login');
	const answer = await counsellor.page.goto(`${e.line.staff('counsellor')}/notes`);
	assert.equal(new URL(answer?.url() ?? '').pathname, '/login', 'no page opens any more');

	await boss.page.goto(`${e.line.staff('supervisor')}/keys`);
	await boss.toRead(words('keys.group.counsellors.what'));
	assert.ok(!(await boss.text()).includes('Robin Demonstration'), 'who was removed is in no group');
	assert.deepEqual(await faults(boss.page), [], 'axe on the page of keys');
	for (const width of [1280, 390]) {
		await boss.page.setViewport({ width, height: 900 });
		assert.deepEqual(await tooWide(boss.page), [], `the page of keys at ${width}`);
		await e.pictures(`keys-${width}`);
	}
	await boss.follow('a[href="/holds"]');
	await boss.toRead(words('holds.none'));
	assert.deepEqual(await faults(boss.page), [], 'axe on the page of holds');
}, { staffOnly: true });
